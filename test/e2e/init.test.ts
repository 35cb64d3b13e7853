import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Alert, InventoryView, Page } from '@spoor/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { ending, FIXTURES, firstLine, LAUNCHER, NODE, until, World } from './support.ts';

const CURSOR = '.cursor/mcp.json';
const DESKTOP = '.config/Claude/claude_desktop_config.json';
const CODEX = '.codex/config.toml';

/** A home with configurations in it. */
function home(files: Readonly<Record<string, string>>): World & { at(path: string): string } {
  const world = new World({ PATH: process.env.PATH ?? '' });
  const at = (path: string): string => join(world.folder, path);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  }
  // Copies of Spoor are made where a test is about them.
  writeFileSync(at('spoor'), `#!/bin/sh\n`, { mode: 0o755 });
  return Object.assign(world, { at });
}

const init = (world: World, ...more: string[]): ReturnType<World['call']> =>
  world.call('init', '--yes', '--launcher', join(world.folder, 'spoor'), ...more);

const config = (...servers: readonly [string, string, ...string[]][]): string =>
  JSON.stringify(
    {
      mcpServers: Object.fromEntries(
        servers.map(([name, command, ...args]) => [name, { command, args }]),
      ),
    },
    null,
    2,
  );

const text = (path: string): string => readFileSync(path, 'utf8');

interface Entry {
  readonly command: string;
  readonly args: readonly string[];
}

const entries = (path: string): Record<string, Entry> =>
  (JSON.parse(text(path)) as { mcpServers: Record<string, Entry> }).mcpServers;

/** On a busy machine the hub looks less often. */
const PATIENCE_MS = 30_000;

const MIRROR = join(FIXTURES, 'mirror.mjs');

/** What a program with a window starts, in the environment that it has. */
async function toolsOf({ command, args }: Entry): Promise<{ tools: string[]; stderr: string }> {
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { SPOOR_AUTOSTART: 'false', PATH: '' },
    stderr: 'pipe',
  });
  const chunks: Buffer[] = [];
  transport.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(transport);
  const { tools } = await client.listTools();
  await client.close();
  return { tools: tools.map(({ name }) => name), stderr: Buffer.concat(chunks).toString() };
}

describe('a server behind the launcher', () => {
  verifies(
    'init:without-path',
    async () => {
      const server = join(FIXTURES, 'talkative-server.ts');
      const world = home({ [CURSOR]: config(['talk', NODE, server]) });
      const before = text(world.at(CURSOR));
      const bare = await toolsOf({ command: NODE, args: [server] });
      expect(world.call('init', '--yes').code).toBe(0);
      const entry = entries(world.at(CURSOR)).talk as Entry;
      expect(entry.command).toBe(join(world.state, 'launcher', 'spoor-launch'));
      expect(await toolsOf(entry)).toMatchObject({ tools: bare.tools });

      rmSync(join(world.state, 'versions'), { recursive: true });
      const without = await toolsOf(entry);
      expect(without.tools).toEqual(bare.tools);
      expect(without.stderr).toContain('starts without it');

      expect(world.call('init', '--yes').stdout).toContain('Nothing to do');
      expect((await toolsOf(entry)).stderr).not.toContain('starts without it');
      expect(world.call('undo').code).toBe(0);
      expect(text(world.at(CURSOR))).toBe(before);
    },
    { case: 'from a copy of its own, which a second run brings back', timeoutMs: 60_000 },
  );
});

describe('spoor undo', () => {
  verifies(
    'init:undo-exact',
    () => {
      const crlf =
        '\ufeff{\r\n\t"mcpServers": { // all\r\n\t\t"a": {"command": "x",},\r\n\t},\r\n}';
      const toml = 'model = "o"\n\n[mcp_servers.a]\ncommand = "x" # why\n';
      const world = home({ [CURSOR]: crlf, [CODEX]: toml });
      chmodSync(world.at(CODEX), 0o640);
      expect(init(world).code).toBe(0);
      expect(text(world.at(CURSOR))).not.toBe(crlf);
      expect(statSync(world.at(CODEX)).mode & 0o777).toBe(0o640);
      const { stdout } = world.call('undo');
      expect(stdout).toContain('restored byte for byte');
      expect(text(world.at(CURSOR))).toBe(crlf);
      expect(text(world.at(CODEX))).toBe(toml);
      expect(world.call('undo').stdout).toContain('Nothing to do');
    },
    { case: 'by the command' },
  );

  verifies(
    'init:undo-later-edits',
    () => {
      const world = home({ [CURSOR]: config(['a', 'x']) });
      init(world);
      const edited = text(world.at(CURSOR)).replace('{', '{\n  "mine": true,');
      writeFileSync(world.at(CURSOR), edited);
      const { stdout } = world.call('undo');
      expect(stdout).toContain('only the wrapping was taken away');
      expect(text(world.at(CURSOR))).toBe(config(['a', 'x']).replace('{', '{\n  "mine": true,'));
    },
    { case: 'by the command' },
  );

  test('a server that was added later is wrapped, and undoing still brings all back', () => {
    const world = home({ [CURSOR]: config(['a', 'x']) });
    init(world);
    const both = JSON.parse(text(world.at(CURSOR))) as { mcpServers: Record<string, unknown> };
    both.mcpServers.b = { command: 'y', args: [] };
    writeFileSync(world.at(CURSOR), JSON.stringify(both, null, 2));
    expect(init(world).stdout).toContain('Wrapped:');
    expect(world.call('undo').stdout).toContain('restored byte for byte');
    expect(text(world.at(CURSOR))).toBe(config(['a', 'x'], ['b', 'y']));
  });
});

describe('spoor init', () => {
  verifies(
    'init:idempotent',
    () => {
      const world = home({ [CURSOR]: config(['a', 'x']), [DESKTOP]: config(['b', 'y']) });
      init(world);
      const once = text(world.at(CURSOR));
      const again = init(world);
      expect(again.stdout).toContain('Nothing to do');
      expect(text(world.at(CURSOR))).toBe(once);
    },
    { case: 'by the command' },
  );

  verifies('init:bad-config', () => {
    const broken = '{\n  "mcpServers": {\n    "a": }\n}';
    const world = home({ [CURSOR]: broken, [DESKTOP]: config(['b', 'y']) });
    const { code, stderr } = init(world);
    expect(code).toBe(65);
    expect(stderr).toMatch(/CLIENT_CONFIG_UNREADABLE .*mcp\.json:3:10 /);
    expect(text(world.at(CURSOR))).toBe(broken);
    expect(entries(world.at(DESKTOP)).b?.args).toContain('--');
  });

  verifies(
    'init:no-secrets',
    () => {
      const world = home({
        [CURSOR]: `{"mcpServers": {"a": {"command": "x", "args": ["--token", "canary1"],
          "env": {"KEY": "canary2"}}, "b": {"url": "https://x/?k=canary3"}}, "key": "canary4"}`,
      });
      const shown = [
        world.call('init', '--dry-run'),
        world.call('init', '--json'),
        world.call('init'),
        init(world, '--json'),
        world.call('undo', '--dry-run'),
        world.call('undo', '--json'),
      ];
      for (const { stdout, stderr } of shown) expect(stdout + stderr).not.toContain('canary');
    },
    { case: 'in text and JSON, doing and undoing' },
  );

  test('asks, and without a terminal changes nothing', () => {
    const world = home({ [CURSOR]: config(['a', 'x']) });
    const asked = world.call('init');
    expect(asked.code).toBe(2);
    expect(asked.stdout).toContain('+      "command"');
    expect(asked.stderr).toContain('give --yes');
    for (const flag of ['--dry-run', '--json']) expect(world.call('init', flag).code).toBe(0);
    expect(text(world.at(CURSOR))).toBe(config(['a', 'x']));
    expect(existsSync(join(world.state, 'versions'))).toBe(false);
  });
});

describe('what it leaves', () => {
  test('asks in a terminal for each file, and shows colours there', async ({ skip }) => {
    if (spawnSync('script', ['--version']).status !== 0)
      skip('there is no `script` for a terminal');
    const world = home({
      [CURSOR]: config(['a', 'x']),
      [CODEX]: '[mcp_servers.b]\ncommand = "y"\n',
    });
    const words = [NODE, LAUNCHER, 'init', '--launcher', world.at('spoor')].join(' ');
    const child = world.start(['script', '-qec', words, '/dev/null']);
    let shown = '';
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
    for (const [path, answer] of [
      ['mcp.json', 'y'],
      ['config.toml', 'n'],
    ] as const) {
      await until(
        () => shown,
        (text) => text.includes(`${path}? [y/N]`),
        PATIENCE_MS,
      );
      child.stdin.write(`${answer}\n`);
    }
    await ending(child);
    expect(shown).toContain('\u001b[32m+');
    expect(entries(world.at(CURSOR)).a?.args).toContain('--');
    expect(text(world.at(CODEX))).toBe('[mcp_servers.b]\ncommand = "y"\n');
  });

  test('files of a project wait for --project, one client can be chosen', () => {
    const world = home({ '.mcp.json': config(['a', 'x']), [CURSOR]: config(['b', 'y']) });
    const first = init(world, '--client', 'claude-code');
    expect(first.stdout).toContain('--project wraps it too');
    expect(text(world.at('.mcp.json'))).toBe(config(['a', 'x']));
    expect(text(world.at(CURSOR))).toBe(config(['b', 'y']));
    init(world, '--project', '--client', 'claude-code', '--client', 'cursor');
    expect(entries(world.at('.mcp.json')).a?.args).toContain('--');
    expect(entries(world.at(CURSOR)).b?.args).toContain('--');
    expect(world.call('undo', 'cursor').code).toBe(0);
    expect(text(world.at(CURSOR))).toBe(config(['b', 'y']));
    expect(entries(world.at('.mcp.json')).a?.args).toContain('--');
    expect(world.call('init', '--client', 'curser').stderr).toContain('did you mean cursor?');
  });

  test('whatever its name, a server starts', async () => {
    const names = ['-x', '--', '--help', '', 'n'.repeat(500), 'a "b" \n c'];
    const servers = names.map((name) => [name, NODE, MIRROR] as [string, string, string]);
    const world = home({ [CURSOR]: config(...servers) });
    writeFileSync(world.at('spoor'), `#!/bin/sh\nexec "${NODE}" "${LAUNCHER}" "$@"\n`);
    expect(init(world).code).toBe(0);
    for (const name of names) {
      const { command, args } = entries(world.at(CURSOR))[name] as Entry;
      const child = world.start([command, ...args]);
      child.stdin.end('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
      expect(await firstLine(child), name).toContain('"ping"');
    }
  });

  test('a remote server without a header is named as not wrapped', () => {
    const world = home({ [CURSOR]: '{"mcpServers": {"web": {"url": "https://x/mcp"}}}' });
    const { stdout, code } = init(world);
    expect(code).toBe(0);
    expect(stdout).toMatch(/web +not wrapped: it has no header/);
  });

  test('a launcher that could not be known again or started is refused', () => {
    const world = home({ [CURSOR]: config(['a', 'x']) });
    for (const path of [MIRROR, 'spoor', join(world.folder, 'none', 'spoor')]) {
      expect(world.call('init', '--yes', '--launcher', path).stderr).toContain('LAUNCHER_UNUSABLE');
    }
    expect(text(world.at(CURSOR))).toBe(config(['a', 'x']));
  });
});

describe('links', () => {
  verifies(
    'init:links',
    () => {
      const world = home({ 'dotfiles/mcp.json': config(['a', 'x']) });
      mkdirSync(world.at('.cursor'));
      symlinkSync('../dotfiles/mcp.json', world.at(CURSOR));
      expect(init(world).code).toBe(0);
      expect(lstatSync(world.at(CURSOR)).isSymbolicLink()).toBe(true);
      expect(entries(world.at('dotfiles/mcp.json')).a?.args).toContain('--');
      world.call('undo');
      expect(text(world.at('dotfiles/mcp.json'))).toBe(config(['a', 'x']));
    },
    { case: "the user's own" },
  );

  verifies(
    'init:links',
    async ({ skip }) => {
      if (process.getuid?.() !== 0) skip('only root can make files of another user');
      const { chownSync } = await import('node:fs');
      const other = mkdtempSync(join(tmpdir(), 'spoor-other-'));
      onTestFinished(() => rmSync(other, { recursive: true }));
      const target = join(other, 'mcp.json');
      writeFileSync(target, config(['a', 'x']));
      chownSync(target, 12_345, 12_345);
      const world = home({});
      mkdirSync(world.at('.cursor'));
      symlinkSync(target, world.at(CURSOR));
      const { code, stderr } = init(world);
      expect(code).toBe(77);
      expect(stderr).toContain('CLIENT_CONFIG_UNSAFE');
      expect(text(target)).toBe(config(['a', 'x']));
    },
    { case: "somebody else's" },
  );
});

describe('a hub that watches', () => {
  verifies(
    'clients:unwrapped',
    async () => {
      const world = home({ [CURSOR]: config(['a', 'x']) });
      await world.hub();
      const alerts = async (): Promise<string[]> => {
        const { rows } = await world.api<Page<Alert>>('alerts?status=all');
        return rows.map(({ rule, title, status }) => `${rule.id}: ${title}: ${status}`);
      };
      const saying = (status: string) => (all: readonly string[]) =>
        all.join() === `unwrapped-server: Cursor starts a without Spoor: ${status}`;
      await until(alerts, saying('new'), PATIENCE_MS);
      const { clients } = await world.api<InventoryView>('inventory');
      expect(clients.servers).toMatchObject([{ client: 'Cursor', name: 'a', state: 'bare' }]);
      expect(world.call('hub', 'status').stdout).toMatch(/^Unwrapped a {2}\(Cursor, /m);
      expect(init(world).code).toBe(0);
      await until(alerts, saying('resolved'), PATIENCE_MS);
      expect(world.call('hub', 'status').stdout).not.toContain('Unwrapped');
      expect(world.call('undo').code).toBe(0);
      await until(alerts, saying('new'), PATIENCE_MS);
    },
    { case: 'by a real hub, wrapping and undoing', timeoutMs: 120_000 },
  );

  test('can be told not to', async () => {
    const world = home({ [CURSOR]: config(['a', 'x']) });
    await world.hub('--clients-watch', 'false');
    const { clients } = await world.api<InventoryView>('inventory');
    expect(clients.watched).toBe(false);
    expect(world.call('hub', 'status').stdout).toContain('not watched');
  });
});
