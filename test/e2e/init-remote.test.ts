import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { CLIENTS, locateClients, readDocument } from '@spoor/edge/clients';
import { describe, expect, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { type Heard, toolServer } from './http-servers.ts';
import { LAUNCHER, NODE, World } from './support.ts';

interface Entry {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly env_vars?: readonly string[];
}

/** The user's first file of each client, with a server at an address in its own words. */
const ENTRIES: Readonly<Record<string, (url: string) => string>> = {
  'claude-desktop': (url) =>
    `{"mcpServers": {"web": {"url": "${url}", "headers": {"X-Key": "desktop"}}}}`,
  'claude-code': (url) =>
    `{"numStartups": 3, "mcpServers": {"web": {"type": "http", "url": "${url}",\n "headers": {"X-Key": "code"}}}}`,
  cursor: (url) =>
    `{ // mine\n"mcpServers": {"web": {"url": "${url}", "headers": {"X-Key": "cursor"},}}}`,
  vscode: (url) =>
    `{"servers": {"web": {"type": "http", "url": "${url}", "headers": {"X-Key": "vscode"}}}}`,
  windsurf: (url) =>
    `{"mcpServers": {"web": {"serverUrl": "${url}", "headers": {"X-Key": "windsurf"}}}}`,
  zed: (url) =>
    `{"theme": "x", "context_servers": {"web": {"url": "${url}", "headers": {"X-Key": "zed"}}}}`,
  jetbrains: (url) =>
    `{"mcpServers": {"web": {"url": "${url}", "headers": {"X-Key": "jetbrains"}}}}`,
  codex: (url) =>
    `model = "o"\n[mcp_servers.web]\nurl = "${url}" # mine\nbearer_token_env_var = "TOKEN"\nhttp_headers = { "X-Key" = "codex" }\n`,
  gemini: (url) => `{"mcpServers": {"web": {"httpUrl": "${url}", "headers": {"X-Key": "gemini"}}}}`,
};

function home(world: World, entries: Readonly<Record<string, string>>): Map<string, string> {
  const places = { platform: process.platform, home: world.folder, env: world.env };
  const paths = new Map<string, string>();
  for (const { client, path, scope } of locateClients(places)) {
    const text = entries[client.id];
    if (scope !== 'user' || text === undefined || paths.has(client.id)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
    paths.set(client.id, path);
  }
  const launcher = `#!/bin/sh\nexec '${NODE}' '${LAUNCHER}' "$@"\n`;
  writeFileSync(join(world.folder, 'spoor'), launcher, { mode: 0o755 });
  return paths;
}

const init = (world: World, ...more: string[]): ReturnType<World['call']> =>
  world.call('init', '--yes', '--launcher', join(world.folder, 'spoor'), ...more);

/** What a client finds at its only server. */
function entryOf(id: string, path: string): Entry {
  const file = CLIENTS.find((client) => client.id === id)?.files[0];
  if (file === undefined) throw new Error(id);
  const document = readDocument(readFileSync(path, 'utf8'), file.format, file.at);
  if (!document.ok) throw new Error(document.why);
  let value = document.value();
  for (const key of document.servers[0]?.at ?? []) value = (value as Record<string, unknown>)[key];
  return value as Entry;
}

/** As a client starts it, which gives a server what its entry names and little else. */
async function toolsOf(
  world: World,
  { command, args, env = {}, env_vars = [] }: Entry,
): Promise<string[]> {
  const own = { TOKEN: 'codex-token' } as Record<string, string>;
  const passed = Object.fromEntries(env_vars.map((name) => [name, own[name] ?? '']));
  const { SPOOR_HOME = '', PATH = '' } = world.env;
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { SPOOR_HOME, PATH, SPOOR_AUTOSTART: 'false', ...passed, ...env },
    stderr: 'ignore',
  });
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(transport);
  const { tools } = await client.listTools();
  await client.close();
  return tools.map(({ name }) => name);
}

describe('spoor init and servers elsewhere', () => {
  verifies(
    'init:remote',
    async () => {
      const world = new World();
      const { url, heard } = await toolServer(world, 'look', 'Reads nothing.');
      const texts = Object.fromEntries(
        Object.entries(ENTRIES).map(([id, make]) => [id, make(url)]),
      );
      const paths = home(world, texts);
      expect([...paths.keys()].sort()).toEqual(CLIENTS.map(({ id }) => id).sort());
      const { code, stdout } = init(world);
      expect(code).toBe(0);
      for (const id of paths.keys()) expect(stdout).not.toContain(`"X-Key": "${id}"`);
      expect(init(world).stdout).toContain('Nothing to do');
      for (const [id, path] of paths) {
        heard.splice(0);
        expect(await toolsOf(world, entryOf(id, path))).toEqual(['look']);
        const keys = new Set(heard.map(({ headers }: Heard) => headers['x-key']));
        expect(keys).toEqual(new Set([id.replace('claude-', '')]));
        if (id === 'codex') expect(heard[0]?.headers.authorization).toBe('Bearer codex-token');
      }
      expect(world.call('undo').code).toBe(0);
      for (const [id, path] of paths) expect(readFileSync(path, 'utf8')).toBe(texts[id]);
    },
    { case: 'all nine clients, started as they start it', timeoutMs: 120_000 },
  );

  test('what a client may sign in to by itself waits for --remote', () => {
    const world = new World();
    const cursor = '{"mcpServers": {"web": {"url": "https://mcp.example.com/mcp"}}}';
    const paths = home(world, { cursor });
    const { stdout } = init(world);
    expect(stdout).toMatch(/web +not wrapped: it has no header.*OAuth.*--remote/);
    expect(stdout).toContain('Nothing to do');
    expect(readFileSync(paths.get('cursor') ?? '', 'utf8')).toBe(cursor);
    expect(init(world, '--remote').code).toBe(0);
    expect(entryOf('cursor', paths.get('cursor') ?? '').args).toEqual([
      ...['run', '--name', 'web', '--url', 'https://mcp.example.com/mcp'],
    ]);
    expect(world.call('undo').code).toBe(0);
    expect(readFileSync(paths.get('cursor') ?? '', 'utf8')).toBe(cursor);
  });

  verifies(
    'init:undo-later-edits',
    () => {
      const world = new World();
      const text =
        '{"mcpServers": {"web": {"type": "http", "url": "https://a/mcp?k=v", "headers": {"A": "b"}}}}';
      const paths = home(world, { cursor: text });
      const path = paths.get('cursor') ?? '';
      expect(init(world).code).toBe(0);
      const wrapped = readFileSync(path, 'utf8');
      expect(JSON.stringify(entryOf('cursor', path).args)).not.toContain('k=v');
      writeFileSync(path, wrapped.replace('"type": "stdio"', '"type": "stdio", "note": 1'));
      expect(world.call('undo').code).toBe(0);
      expect(readFileSync(path, 'utf8')).toBe(
        text.replace('"type": "http"', '"type": "http", "note": 1'),
      );
    },
    { case: 'a server elsewhere, with a key in its address' },
  );
});
