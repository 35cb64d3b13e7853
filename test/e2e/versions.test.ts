import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HubView } from '@spoor/core';
import { expect } from 'vitest';
import { packageNames, ROOT, readManifest } from '../repository.ts';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { all, ending, firstLine, NODE, until, World } from './support.ts';

/** This command as another version: its own package is copied, everything else is shared. */
function otherVersion({ folder }: World, version: string): string {
  const home = join(folder, 'other/packages/cli');
  mkdirSync(home, { recursive: true });
  for (const part of ['bin', 'src', 'package.json']) {
    cpSync(join(ROOT, 'packages/cli', part), join(home, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'other/node_modules'));
  symlinkSync(join(ROOT, 'rules'), join(folder, 'other/rules'));
  const manifest = join(home, 'package.json');
  const text = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, text.replace(/"version": "[^"]*"/, `"version": "${version}"`));
  return join(home, 'bin/spoor.mjs');
}

verifies(
  'hub:hand-over',
  async () => {
    const world = new World();
    const old = world.start([NODE, otherVersion(world, '0.0.9'), 'hub', 'start', '--background']);
    expect(await firstLine(old)).toContain('listening');
    expect((await world.api<HubView>('hub')).version).toBe('0.0.9');

    const replacing = world.spoor('hub', 'start', '--background');
    const said = all(replacing.stderr);
    expect(await firstLine(replacing)).toContain('listening');
    // The older one has brought its state to disk and left of itself.
    expect((await ending(old)).code).toBe(0);
    const { version } = readManifest('packages/cli');
    await until(
      () => world.api<HubView>('hub'),
      (view) => view.version === version,
    );
    expect(world.call('ledger', 'verify').code).toBe(4);
    expect(world.call('hub', 'stop').code).toBe(0);
    expect(await said).toContain('replacing the hub of version 0.0.9');
  },
  { timeoutMs: 60_000 },
);

verifies(
  'hub:hand-over',
  async () => {
    const world = new World();
    await world.hub();
    const older = world.start([NODE, otherVersion(world, '0.0.9'), 'hub', 'start', '--background']);
    const said = all(older.stderr);
    expect((await ending(older)).code).toBe(75);
    expect(await said).toContain('HUB_RUNNING');
    expect(world.call('hub', 'status').code).toBe(0);
  },
  { case: 'an older one replaces nothing', timeoutMs: 60_000 },
);

verifies('cli:no-build', () => {
  const { code, stdout } = new World().call('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('Usage: spoor <command>');
  const { code: explained } = new World().call('config', 'explain');
  expect(explained).toBe(0);
  // What runs is the sources: no package leads to anything that must be made first.
  for (const name of packageNames()) {
    const targets = Object.values(readManifest(`packages/${name}`).exports ?? {});
    expect(targets.filter((path) => !/^\.\/(src\/.*|package\.json)$/.test(path))).toEqual([]);
  }
});

verifies(
  'hub:hand-over',
  async () => {
    const world = new World({ SPOOR_AUTOSTART: 'true' });
    const old = world.start([NODE, otherVersion(world, '0.0.9'), 'hub', 'start', '--background']);
    expect(await firstLine(old)).toContain('listening');
    const server = await connect(world, 'everything', SERVERS.everything());
    const { version } = readManifest('packages/cli');
    await until(
      () => world.api<HubView>('hub').catch(() => undefined),
      (view) => view?.version === version,
    );
    expect((await server.call('echo', { message: 'still here' })).text).toBe('Echo: still here');
    await server.close();
    expect(world.call('hub', 'stop').code).toBe(0);
  },
  { case: 'a newer wrapper brings its own hub', timeoutMs: 60_000 },
);
