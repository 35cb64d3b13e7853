import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { kill, type Piped, World } from './support.ts';

const stop = async (world: World, hub: Piped): Promise<void> => {
  world.call('hub', 'stop');
  await kill(hub);
};

/** A world whose hub has run, and whose owner has a root key. */
async function withRoot(): Promise<{ world: World; secret: string; root: string }> {
  const world = new World();
  await stop(world, await world.hub());
  const made = world.call('keys', 'root', '--no-passphrase', '--json');
  expect(made.code, made.stderr).toBe(0);
  const { secret, public: root } = JSON.parse(made.stdout) as { secret: string; public: string };
  return { world, secret, root };
}

interface Verified {
  readonly status: string;
  readonly size: number;
}

describe('spoor keys manifest', () => {
  verifies(
    'ledger:root',
    async () => {
      const { world, secret, root } = await withRoot();
      const sign = (...more: string[]): ReturnType<typeof world.call> =>
        world.call('keys', 'manifest', 'sign', '--root-key', secret, ...more);
      const verify = (...more: string[]): Verified & { code: number | null } => {
        const { code, stdout } = world.call('ledger', 'verify', '--root', root, '--json', ...more);
        return { code, ...(JSON.parse(stdout) as Verified) };
      };
      expect(sign().code).toBe(0);
      expect(sign('--new-log-key').code).toBe(73);
      await stop(world, await world.hub());
      expect(world.call('ledger', 'export').stdout).toContain('"what":"key.manifest"');
      expect(verify()).toMatchObject({ code: 4, status: 'unwitnessed' });
      const kept = join(world.folder, 'kept');
      writeFileSync(kept, readFileSync(join(world.state, 'ledger', 'checkpoint')));
      const manifest = join(world.state, 'ledger', 'manifest');
      const first = readFileSync(manifest);

      rmSync(join(world.state, 'ledger-state', 'log.key'));
      const lost = world.call('keys', 'status');
      expect(lost.stdout).toMatch(/wrong\s+log\s+Lost/);
      const renewed = sign('--new-log-key');
      expect(renewed.code, renewed.stderr).toBe(0);
      await stop(world, await world.hub());
      expect(verify('--checkpoint', kept)).toMatchObject({ code: 0, status: 'ok' });
      expect(world.call('keys', 'status').stdout).not.toMatch(/^wrong/m);

      // Whoever puts the older manifest back is found, by the log itself.
      const second = readFileSync(manifest);
      writeFileSync(manifest, first);
      expect(verify().status).toBe('tampered');
      writeFileSync(manifest, second.toString().replace('serial 2', 'serial 3'));
      expect(world.call('ledger', 'verify', '--root', root).stderr).toContain('MANIFEST_INVALID');
    },
    { case: 'by command', timeoutMs: 120_000 },
  );

  test('is drafted where the keys are and signed where the root key is', async () => {
    const { world, secret, root } = await withRoot();
    const draft = join(world.folder, 'draft');
    writeFileSync(draft, world.call('keys', 'manifest', 'draft', '--days', '2').stdout);
    const offline = new World();
    const signed = offline.call('keys', 'manifest', 'sign', draft, '--root-key', secret);
    expect(signed.code, signed.stderr).toBe(0);
    const note = join(world.folder, 'note');
    writeFileSync(note, signed.stdout);
    expect(offline.call('keys', 'manifest', 'check', note, '--root', root).code).toBe(0);
    expect(world.call('keys', 'manifest', 'install', note).code).toBe(0);
    expect(world.call('keys', 'manifest', 'install', note).stderr).toContain('MANIFEST_OLDER');
    expect(world.call('keys', 'manifest', 'show').stdout).toContain('serial 1');
    const { keys } = JSON.parse(world.call('keys', 'status', '--json').stdout) as {
      keys: { key: string; state: string }[];
    };
    expect(keys.map(({ key, state }) => `${key} ${state}`)).toEqual([
      'auditors missing',
      'root ok',
      'manifest ok',
      'log ok',
      'epoch ok',
    ]);
  }, 120_000);
});
