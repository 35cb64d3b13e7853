import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClientsView } from '@spoor/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { ClientWatch } from '../../src/clients/watch.ts';
import { temporaryFolder } from '../support/folder.ts';

interface Watched {
  readonly views: ClientsView[];
  readonly watch: ClientWatch;
  put(path: string, text: string): void;
  at(path: string): string;
  /** The states of all servers, by name, once they are as wanted. */
  states(wanted: Readonly<Record<string, string>>): Promise<void>;
}

function watched(everyMs: number, changed?: (view: ClientsView) => void): Watched {
  const home = temporaryFolder();
  const views: ClientsView[] = [];
  const watch = new ClientWatch({
    places: { platform: 'linux', home, env: {} },
    everyMs,
    restMs: 0,
    changed: (view) => {
      changed?.(view);
      views.push(view);
    },
  });
  onTestFinished(() => watch.close());
  const at = (path: string): string => join(home, path);
  return {
    views,
    watch,
    at,
    put: (path, text) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    },
    states: (wanted) =>
      expect
        .poll(() => Object.fromEntries(watch.view.servers.map(({ name, state }) => [name, state])))
        .toEqual(wanted),
  };
}

const servers = (entries: object): string => JSON.stringify({ mcpServers: entries });
const BARE = { command: 'npx', args: ['x'] };
const WRAPPED = { command: '/s/spoor-launch', args: ['run', '--name', 'a', '--', 'npx', 'x'] };

/** Longer than the tests: what they see, the system has told. */
const NEVER_MS = 600_000;

describe('the configurations of clients', () => {
  test('are read, and read again when the system tells of a change', async () => {
    const { put, states, views, watch } = watched(NEVER_MS);
    put('.cursor/mcp.json', servers({ a: BARE, web: { url: 'https://x' } }));
    put('.codex/config.toml', '[mcp_servers.c]\ncommand = "x"\nenabled = false\n');
    await states({ a: 'bare', web: 'remote', c: 'off' });
    expect(watch.counts.unwrappedServers).toBe(1);
    const before = views.length;
    put('.cursor/mcp.json', servers({ a: WRAPPED, d: { ...BARE, disabled: true } }));
    await states({ a: 'wrapped', d: 'off', c: 'off' });
    expect(views.length).toBe(before + 1);
  });

  test('also where a client puts a new file in the place of the old one', async () => {
    const { put, states, at } = watched(NEVER_MS);
    put('.claude.json', servers({ a: BARE }));
    await states({ a: 'bare' });
    put('draft', servers({ b: BARE }));
    renameSync(at('draft'), at('.claude.json'));
    await states({ b: 'bare' });
    rmSync(at('.claude.json'));
    await states({});
  });

  test('are found by time where their folder came later', async () => {
    const { put, states, watch } = watched(50);
    await expect.poll(() => watch.view.watched).toBe(true);
    put('.codex/config.toml', '[mcp_servers.a]\ncommand = "x"\n');
    await states({ a: 'bare' });
  });

  test('name the folder that a part of a file is for', async () => {
    const { put, states, watch } = watched(NEVER_MS);
    put('.claude.json', '{"projects": {"/src/it": {"mcpServers": {"a": {"command": "x"}}}}}');
    await states({ a: 'bare' });
    expect(watch.view.servers[0]).toMatchObject({ within: '/src/it', client: 'Claude Code' });
  });

  verifies(
    'clients:unreadable',
    async () => {
      const { put, states, watch, at } = watched(50);
      put('.cursor/mcp.json', servers({ a: BARE }));
      await states({ a: 'bare' });
      put('.cursor/mcp.json', '{ "mcpServers": ');
      await expect
        .poll(() => watch.view.unreadable)
        .toMatchObject([{ client: 'Cursor', file: at('.cursor/mcp.json'), why: /^1:17 / }]);
      expect(watch.counts.clientFilesUnreadable).toBe(1);
    },
    { case: 'a file with a syntax error' },
  );

  test('projects are not looked for', async () => {
    const { put, watch } = watched(50);
    put('.mcp.json', servers({ a: BARE }));
    await expect.poll(() => watch.view.watched).toBe(true);
    expect(watch.view.servers).toEqual([]);
  });

  test('a listener that fails is told again', async () => {
    let failures = 2;
    const { put, views, watch } = watched(50, () => {
      if (failures-- > 0) throw new Error('the store is away');
    });
    put('.cursor/mcp.json', servers({ a: BARE }));
    await expect.poll(() => views.at(-1)?.servers.length).toBe(1);
    expect(watch.counts.clientAlertFailures).toBe(2);
  });

  test('a file that nobody may read is unreadable, not empty', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root may read everything');
    const { put, watch, at } = watched(50);
    put('.cursor/mcp.json', servers({ a: BARE }));
    chmodSync(at('.cursor/mcp.json'), 0);
    await expect.poll(() => watch.view.unreadable.length).toBe(1);
  });
});
