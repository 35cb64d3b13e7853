import { describe, expect, test } from 'vitest';
import { CLIENTS, locateClients } from '../../src/clients/index.ts';

const paths = (
  platform: NodeJS.Platform,
  home: string,
  env: Record<string, string> = {},
  project?: string,
): string[] =>
  locateClients({ platform, home, env, ...(project === undefined ? {} : { project }) }).map(
    ({ client, path }) => `${client.id} ${path}`,
  );

describe('configurations are sought where clients keep them', () => {
  test('on Linux', () => {
    expect(paths('linux', '/home/me/it')).toEqual([
      'claude-desktop /home/me/it/.config/Claude/claude_desktop_config.json',
      'claude-code /home/me/it/.claude.json',
      'claude-code /etc/claude-code/managed-mcp.json',
      'cursor /home/me/it/.cursor/mcp.json',
      'vscode /home/me/it/.config/Code/User/mcp.json',
      'vscode /home/me/it/.config/Code - Insiders/User/mcp.json',
      'vscode /home/me/it/.copilot/mcp-config.json',
      'windsurf /home/me/it/.codeium/windsurf/mcp_config.json',
      'zed /home/me/it/.config/zed/settings.json',
      'jetbrains /home/me/it/.junie/mcp/mcp.json',
      'codex /home/me/it/.codex/config.toml',
      'gemini /home/me/it/.gemini/settings.json',
    ]);
  });

  test('on macOS', () => {
    const found = paths('darwin', '/home/me/it');
    const support = '/home/me/it/Library/Application Support';
    expect(found).toContain(`claude-desktop ${support}/Claude/claude_desktop_config.json`);
    expect(found).toContain(`vscode ${support}/Code/User/mcp.json`);
    expect(found).toContain('zed /home/me/it/.config/zed/settings.json');
  });

  test('on Windows', () => {
    const found = paths('win32', 'C:\\me', { APPDATA: 'D:\\roaming' });
    expect(found).toContain('claude-desktop D:\\roaming\\Claude\\claude_desktop_config.json');
    expect(found).toContain('cursor C:\\me\\.cursor\\mcp.json');
    expect(paths('win32', 'C:\\me')).toContain('zed C:\\me\\AppData\\Roaming\\Zed\\settings.json');
  });

  test('in a project', () => {
    const all = paths('linux', '/home/me/it', {}, '/src/it');
    const found = all.filter((one) => one.includes('/src/'));
    expect(found).toEqual([
      'claude-code /src/it/.mcp.json',
      'cursor /src/it/.cursor/mcp.json',
      'vscode /src/it/.vscode/mcp.json',
      'zed /src/it/.zed/settings.json',
      'jetbrains /src/it/.junie/mcp/mcp.json',
      'codex /src/it/.codex/config.toml',
      'gemini /src/it/.gemini/settings.json',
    ]);
  });

  test('where the environment says so, by absolute paths only', () => {
    const found = paths('linux', '/home/me/it', {
      XDG_CONFIG_HOME: '/cfg',
      CODEX_HOME: '/codex',
      CLAUDE_CONFIG_DIR: 'relative',
    });
    expect(found).toContain('zed /cfg/zed/settings.json');
    expect(found).toContain('codex /codex/config.toml');
    expect(found).toContain('claude-code /home/me/it/.claude.json');
  });
});

test('every client has its own name', () => {
  const ids = CLIENTS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
