import type { Command } from './command.ts';

interface Entry {
  readonly summary: string;
  readonly group: 'Protect' | 'Look' | 'Prove' | 'Run';
  load(): Promise<Command>;
}

/** Every command, imported only when it is called: `spoor run` must start fast. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  run: {
    group: 'Protect',
    summary: 'Wrap an MCP server (stdio)',
    load: async () => (await import('./commands/run.ts')).run,
  },
  init: {
    group: 'Protect',
    summary: 'Put Spoor in front of the servers of your MCP clients',
    load: async () => (await import('./commands/init.ts')).init,
  },
  undo: {
    group: 'Protect',
    summary: 'Take Spoor out of them again',
    load: async () => (await import('./commands/undo.ts')).undo,
  },
  gateway: {
    group: 'Protect',
    summary: 'Stand in front of MCP servers (HTTP)',
    load: async () => (await import('./commands/gateway.ts')).gateway,
  },
  enforce: {
    group: 'Protect',
    summary: 'Make denials real, or only shown',
    load: async () => (await import('./commands/enforce.ts')).enforce,
  },
  allow: {
    group: 'Protect',
    summary: 'Let a denied call pass once',
    load: async () => (await import('./commands/allow.ts')).allow,
  },
  approvals: {
    group: 'Protect',
    summary: 'List and answer calls that wait for you',
    load: async () => (await import('./commands/approvals/approvals.ts')).approvals,
  },
  exceptions: {
    group: 'Protect',
    summary: 'List, make and end exceptions of rules',
    load: async () => (await import('./commands/exceptions/exceptions.ts')).exceptions,
  },
  sinks: {
    group: 'Look',
    summary: 'Who is told of alerts, and a test of each',
    load: async () => (await import('./commands/sinks/sinks.ts')).sinks,
  },
  stop: {
    group: 'Protect',
    summary: 'Deny all calls of a session, principal, server or all',
    load: async () => (await import('./commands/stop/stop.ts')).stop,
  },
  resume: {
    group: 'Protect',
    summary: 'Let go on what was stopped',
    load: async () => (await import('./commands/stop/resume.ts')).resume,
  },
  hook: {
    group: 'Protect',
    summary: 'Answer the hooks of an agent program',
    load: async () => (await import('./commands/hook.ts')).hook,
  },
  intent: {
    group: 'Protect',
    summary: "Tell Spoor the user's prompt",
    load: async () => (await import('./commands/intent.ts')).intent,
  },
  why: {
    group: 'Look',
    summary: 'Explain a decision',
    load: async () => (await import('./commands/why.ts')).why,
  },
  mcp: {
    group: 'Look',
    summary: 'Let assistants read traces and evidence (MCP server)',
    load: async () => (await import('./commands/mcp/mcp.ts')).mcp,
  },
  ui: {
    group: 'Look',
    summary: 'Print a link to the UI',
    load: async () => (await import('./commands/ui.ts')).ui,
  },
  baselines: {
    group: 'Look',
    summary: 'Show what is usual for each tool, lock it or learn again',
    load: async () => (await import('./commands/baselines/baselines.ts')).baselines,
  },
  tools: {
    group: 'Protect',
    summary: 'Show drifted definitions; pin, approve or block them',
    load: async () => (await import('./commands/tools/tools.ts')).tools,
  },
  labels: {
    group: 'Look',
    summary: 'List, explain and edit what tools can do',
    load: async () => (await import('./commands/labels/labels.ts')).labels,
  },
  budgets: {
    group: 'Look',
    summary: 'Show what was spent, and what is left',
    load: async () => (await import('./commands/budgets.ts')).budgets,
  },
  rules: {
    group: 'Look',
    summary: 'List and check rules',
    load: async () => (await import('./commands/rules/rules.ts')).rules,
  },
  scan: {
    group: 'Look',
    summary: 'Grade how securely an MCP server traces',
    load: async () => (await import('./commands/scan/scan.ts')).scan,
  },
  replay: {
    group: 'Look',
    summary: 'Step what was recorded through rules',
    load: async () => (await import('./commands/replay/replay.ts')).replay,
  },
  ledger: {
    group: 'Prove',
    summary: 'Verify the ledger, show and open entries',
    load: async () => (await import('./commands/ledger/ledger.ts')).ledger,
  },
  vault: {
    group: 'Prove',
    summary: 'Open, hold and shred sealed content',
    load: async () => (await import('./commands/vault/vault.ts')).vault,
  },
  keys: {
    group: 'Prove',
    summary: "Make and show the auditors' keys",
    load: async () => (await import('./commands/keys/keys.ts')).keys,
  },
  attest: {
    group: 'Prove',
    summary: 'Prove on whose behalf calls are made',
    load: async () => (await import('./commands/attest/attest.ts')).attest,
  },
  witness: {
    group: 'Prove',
    summary: 'Vouch for the ledgers of others',
    load: async () => (await import('./commands/witness.ts')).witness,
  },
  hub: {
    group: 'Run',
    summary: 'Start, stop and inspect the hub',
    load: async () => (await import('./commands/hub.ts')).hub,
  },
  enrol: {
    group: 'Run',
    summary: 'Let this machine report to a hub elsewhere',
    load: async () => (await import('./commands/enrol.ts')).enrol,
  },
  config: {
    group: 'Run',
    summary: 'Explain every setting',
    load: async () => (await import('./commands/config.ts')).config,
  },
  demo: {
    group: 'Run',
    summary: 'Play four sessions on real servers',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
};
