import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@spoor/core';
import { readRecipients } from '@spoor/edge/home';
import { openLedger } from '@spoor/ledger';
import { createSealer } from '@spoor/ledger/seal';
import { describe, expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { World } from './support.ts';

const CALL = '0190c0de-0000-7000-8000-00000000cd34';
const SESSIONS = ['0190c0de-0000-7000-8000-00000000ab12', '0190c0de-0000-7000-8000-00000000ab13'];
const SECRET = 'the Plover flies at dawn';

/** Seals one content in each of two sessions, to whoever is an auditor now. Returns the indices. */
async function seal(world: World): Promise<number[]> {
  const { locateHome } = await import('@spoor/edge/home');
  const home = locateHome(world.env);
  mkdirSync(home.ledgerState, { recursive: true, mode: 0o700 });
  const ledger = await openLedger({
    dir: home.ledger,
    stateDir: home.ledgerState,
    origin: 'test.example/spoor/2026',
    clock: systemClock,
    random: systemRandom,
  });
  const indices: number[] = [];
  for (const session of SESSIONS) {
    const recipients = readRecipients(home);
    const sealer = await createSealer({ session, recipients, random: systemRandom });
    await ledger.keepKey(session, sealer.key.kek, sealer.key.wrapped);
    const sealed = sealer.seal(CALL, 'request', Buffer.from(SECRET));
    indices.push(
      ledger.append({ kind: 'call.request', call: CALL, session }, [sealed])?.index ?? -1,
    );
  }
  await ledger.close();
  writeFileSync(join(home.ledgerState, 'log.vkey'), `${ledger.verifierKey}\n`);
  return indices;
}

const open = (world: World, index: number, identity: string): ReturnType<World['call']> =>
  world.call('ledger', 'open', String(index), '--identity', join(world.folder, identity));

describe('spoor keys', () => {
  verifies(
    'seal:recovery',
    async () => {
      const world = new World();
      const flags = ['--no-passphrase', '--out', world.folder];
      expect(world.call('keys', 'recover', '--identity', 'x', ...flags).code).not.toBe(0);
      expect(world.call('keys', 'init', ...flags).code).toBe(0);
      const [first = -1, second = -1] = await seal(world);
      // The auditor's identity is lost; the recovery identity is not.
      const recovery = join(world.folder, 'spoor-recovery.age-identity');
      const recovered = world.call('keys', 'recover', '--identity', recovery, '--json', ...flags);
      expect(recovered.code).toBe(0);
      expect(JSON.parse(recovered.stdout)).toMatchObject({ wrapped: 2, closed: 0 });
      expect(open(world, first, 'spoor-auditor-2.age-identity').stdout).toBe(SECRET);
      expect(open(world, second, 'spoor-recovery.age-identity').stdout).toBe(SECRET);
      expect(open(world, first, 'spoor-auditor.age-identity').code).toBe(77);
      expect(world.call('ledger', 'verify').code).toBe(4);
    },
    { case: 'by command', timeoutMs: 90_000 },
  );

  verifies(
    'seal:recovery',
    async () => {
      const world = new World();
      const flags = ['--no-passphrase', '--out', world.folder];
      world.call('keys', 'init', ...flags);
      const [before = -1] = await seal(world);
      expect(world.call('keys', 'rotate', ...flags).code).toBe(0);
      const [after = -1] = await seal(world);
      expect(open(world, before, 'spoor-auditor.age-identity').stdout).toBe(SECRET);
      expect(open(world, before, 'spoor-auditor-2.age-identity').code).toBe(77);
      expect(open(world, after, 'spoor-auditor-2.age-identity').stdout).toBe(SECRET);
      expect(open(world, after, 'spoor-auditor.age-identity').code).toBe(77);
      const told = world.call('keys', 'export').stdout;
      expect(told).not.toContain('SECRET');
      expect(JSON.parse(told)).toMatchObject({
        verifierKey: expect.stringContaining('test.example/spoor/2026+'),
        checkpoint: readFileSync(join(world.state, 'ledger', 'checkpoint'), 'utf8'),
      });
    },
    { case: 'an identity that is replaced', timeoutMs: 90_000 },
  );
});
