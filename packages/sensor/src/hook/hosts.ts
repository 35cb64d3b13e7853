import type { HookHost } from './host.ts';

/** Hosts with hooks; each is loaded alone, since a hook runs at every use of a tool. */
const HOSTS: Readonly<Record<string, () => Promise<HookHost>>> = {
  'claude-code': async () => (await import('./claude-code.ts')).claudeCode,
  codex: async () => (await import('./codex.ts')).codex,
  'copilot-cli': async () => (await import('./copilot-cli.ts')).copilotCli,
  cursor: async () => (await import('./cursor.ts')).cursor,
  'gemini-cli': async () => (await import('./gemini-cli.ts')).geminiCli,
  vscode: async () => (await import('./vscode.ts')).vscode,
};

export const HOOK_HOSTS: readonly string[] = Object.keys(HOSTS);

export async function hookHost(name: string): Promise<HookHost | undefined> {
  return Object.hasOwn(HOSTS, name) ? HOSTS[name]?.() : undefined;
}
