import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { HubView, RulesView } from '@spoor/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { all, EXAMPLES, ending, firstLine, kill, until, World } from './support.ts';

const RULES = join(EXAMPLES, '../rules');

describe('a hub that cannot start', () => {
  verifies('hub:port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = new World().call(
      'hub',
      'start',
      '--background',
      '--port',
      String(port),
    );
    expect(code).toBe(75);
    expect(stderr).toContain('PORT_IN_USE');
  });

  verifies(
    'hub:port',
    async () => {
      const other = createServer();
      // Whoever holds the default port, this test or another program, it is in use.
      await new Promise<void>((resolve) => {
        other.once('error', () => resolve());
        other.listen(7717, '127.0.0.1', resolve);
      });
      onTestFinished(() => void other.close());
      const world = new World({ SPOOR_PORT: '' });
      await world.hub();
      expect(world.call('hub', 'status').code).toBe(0);
    },
    { case: 'the default one, which nobody asked for' },
  );

  verifies(
    'hub:one',
    async () => {
      const world = new World();
      await world.hub();
      const { code, stderr } = world.call('hub', 'start', '--background');
      expect(code).toBe(75);
      expect(stderr).toContain('HUB_RUNNING');
      expect(world.call('hub', 'status').code).toBe(0);
    },
    { case: 'the first goes on' },
  );

  verifies('hub:private-folder', () => {
    const world = new World();
    mkdirSync(world.state, { mode: 0o755 });
    chmodSync(world.state, 0o755);
    const { code, stderr } = world.call('hub', 'start', '--background');
    expect(code).toBe(2);
    expect(stderr).toContain('STATE_FOLDER_UNSAFE');
  });
});

verifies(
  'hub:one',
  async () => {
    const world = new World();
    await kill(await world.hub());
    expect(existsSync(join(world.state, 'hub.sock'))).toBe(true);
    await world.hub();
    expect(world.call('hub', 'status').code).toBe(0);
  },
  { case: 'a socket that a killed hub left behind' },
);

test('commands without a hub say so', () => {
  const world = new World();
  for (const words of [['hub', 'status'], ['ui'], ['why'], ['enforce', 'on']]) {
    const { code, stderr, stdout } = world.call(...words);
    expect([words, code, stdout]).toEqual([words, 69, '']);
    expect(stderr).toContain('HUB_UNREACHABLE');
  }
});

describe('a configuration', () => {
  const explain = (text: string): ReturnType<World['call']> => {
    const world = new World();
    const path = join(world.folder, 'config.yaml');
    writeFileSync(path, text);
    return world.call('config', 'explain', '--config', path);
  };

  verifies('config:unknown-key', () => {
    const { code, stderr } = explain('otpl:\n  endpoint: http://127.0.0.1:1\n');
    expect(code).toBe(2);
    expect(stderr).toContain('CONFIG_UNKNOWN_KEY');
    expect(stderr).toContain('did you mean otlp.endpoint?');
  });

  test('that is no YAML names line and column', () => {
    const { code, stderr } = explain('mode: observe\nport: [1, 2\n');
    expect(code).toBe(2);
    expect(stderr).toMatch(/CONFIG_UNREADABLE.*config\.yaml:\d+:\d+/);
  });

  test('with a value out of range says what is expected', () => {
    const { code, stderr } = explain('retention:\n  days: 0\n');
    expect(code).toBe(2);
    expect(stderr).toContain('a number from 1 to 3650');
  });

  test('is explained value by value', () => {
    const { code, stdout } = explain('retention:\n  days: 7\n');
    expect(code).toBe(0);
    expect(stdout).toMatch(/retention\.days = 7 {2}from file/);
    expect(stdout).toMatch(/mode = observe {2}from default/);
  });
});

const BROKEN_RULE = `title: Broken
id: 0b2d7f0e-6c1e-4f7a-9b5d-3a1c2e4f5a6b
name: broken
status: test
description: A rule with a misspelt field.
author: Spoor
date: 2026-11-20
logsource:
  product: mcp
detection:
  selection:
    tool.nmae: x
  condition: selection
level: low
`;

verifies('detect:broken-rule', async () => {
  const world = new World();
  const rules = join(world.folder, 'rules');
  cpSync(RULES, rules, { recursive: true });
  writeFileSync(join(rules, 'broken.yml'), BROKEN_RULE);
  const lint = world.call('rules', 'lint', rules);
  expect(lint.code).toBe(1);
  expect(lint.stderr).toMatch(/broken\.yml:12:\d+/);
  expect(lint.stderr).toContain('tool.name');

  const hub = world.spoor('hub', 'start', '--background', '--rules', rules);
  const says = all(hub.stderr);
  await firstLine(hub);
  const view = await until(
    () => world.api<RulesView>('rules'),
    ({ rules: loaded }) => loaded !== undefined,
  );
  expect(view.rules.map(({ id }) => id)).toContain('pii-through-code-to-share');
  expect(view.problems).toHaveLength(1);
  await kill(hub, 'SIGTERM');
  expect(await says).toContain('RULE_INVALID broken.yml:');
});

/** A file system so small that it is soon full; needs the right to mount. */
function smallDisk(folder: string): boolean {
  mkdirSync(folder, { mode: 0o700 });
  const { status } = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    'size=16m,mode=0700',
    'tmpfs',
    folder,
  ]);
  if (status !== 0) return false;
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return true;
}

verifies(
  'ledger:disk-full',
  async ({ skip }) => {
    const world = new World();
    if (!smallDisk(world.state)) {
      console.warn('NOT TESTED: full disk (no right to mount a file system)');
      skip();
    }
    const hub = await world.hub('--mode', 'enforce');
    const drive = await connect(world, 'drive', SERVERS.drive());
    const everything = await connect(world, 'everything', SERVERS.everything());
    const share = (): Promise<{ isError: boolean; text: string }> =>
      drive.call('create_shareable_link', { name: 'a', content: 'b' });
    expect((await share()).isError).toBe(false);

    spawnSync('sh', [
      '-c',
      `dd if=/dev/zero of=${join(world.state, 'filler')} bs=4k 2>/dev/null; true`,
    ]);
    const denied = await until(share, ({ isError }) => isError, 60_000);
    const [caseId = ''] = /c-[a-z0-9]{10}/.exec(denied.text) ?? [];
    expect(caseId).not.toBe('');
    expect((await everything.call('echo', { message: 'x' })).text).toBe('Echo: x');
    const { counts } = await until(
      () => world.api<HubView>('hub'),
      (view) => (view.counts.notDurable ?? 0) > 0,
    );
    expect(counts.notDurable).toBeGreaterThan(0);

    spawnSync('rm', [join(world.state, 'filler')]);
    await until(share, ({ isError }) => !isError, 60_000);
    await Promise.all([drive.close(), everything.close()]);
    await kill(hub, 'SIGTERM');
    expect((await ending(hub)).code).toBe(0);
    // Whatever was refused: the log that stands is whole.
    expect(world.call('ledger', 'verify').code).toBe(4);
  },
  { timeoutMs: 90_000 },
);
