import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, type PruneView, systemClock, systemRandom } from '@spoor/core';
import { openLedger } from '@spoor/ledger';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { firstLine, kill, until, World } from './support.ts';

const SESSION = '0190c0de-0000-7000-8000-00000000ab12';
const CALL = '0190c0de-0000-7000-8000-00000000cd34';

/** A world whose hub wrote that many entries ten days ago; of one session only one. */
async function withOld(count: number): Promise<World> {
  const world = new World();
  const stateDir = join(world.state, 'ledger-state');
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const ledger = await openLedger({
    dir: join(world.state, 'ledger'),
    stateDir,
    origin: `${hostname().replace(/[^A-Za-z0-9.-]/g, '-')}/spoor`,
    clock: { ...systemClock, nowMs: () => Date.now() - 10 * DAY_MS },
    random: systemRandom,
  });
  for (let n = 0; n < count; n++) {
    const about = n === 300 ? { session: SESSION, call: CALL } : {};
    ledger.append({ kind: n === 300 ? 'call.request' : 'heartbeat', ...about });
  }
  await ledger.close();
  return world;
}

const bundle = (world: World, n: number): boolean =>
  existsSync(join(world.state, 'ledger', 'tile', 'entries', `00${n}`));

const json = <Value>(world: World, ...words: string[]): Value =>
  JSON.parse(world.call(...words, '--json').stdout) as Value;

verifies(
  'ledger:prune',
  async () => {
    const world = await withOld(900);
    const hub = await world.hub();
    const kept = join(world.folder, 'kept');
    cpSync(join(world.state, 'ledger', 'checkpoint'), kept);
    const proof = world.call('ledger', 'prove', '20').stdout;
    const dry = world.call('ledger', 'prune', '--keep-days', '5');
    expect(dry.stdout).toContain('This would prune 768 entries');
    expect(dry.stdout).toContain('Nothing was removed yet');
    expect(world.call('ledger', 'prune').code).toBe(2);
    expect(world.call('ledger', 'prune', '--keep-days', '5', '--yes').stderr).toContain(
      'VAULT_REASON',
    );
    expect(bundle(world, 0)).toBe(true);

    world.call('vault', 'hold', 'add', '--session', SESSION, '--reason', 'case 12');
    const why = ['--yes', '--reason', 'end of term'];
    const held = world.call('ledger', 'prune', '--keep-days', '5', ...why);
    expect(held.stdout).toContain('Pruned 256 entries');
    expect(held.stdout).toMatch(/It ends before entry 30\d, which is held/);
    expect([0, 1].map((n) => bundle(world, n))).toEqual([false, true]);

    const verified = world.call('ledger', 'verify', '--checkpoint', kept);
    expect(verified.code).toBe(0);
    expect(verified.stderr).toContain('Entries below 256 were pruned on');
    expect(world.call('ledger', 'fsck').code).toBe(0);
    const shown = world.call('ledger', 'show', '20');
    expect(shown.code).toBe(1);
    expect(shown.stderr).toContain('LEDGER_PRUNED');
    expect(world.call('ledger', 'prove', '20').stderr).toContain('LEDGER_PRUNED');
    // What stays readable, stays provable.
    expect(world.call('ledger', 'show', '0').stdout).toContain('key.rotated');
    expect(world.call('ledger', 'prove', '0').code).toBe(0);
    const path = join(world.folder, 'proof');
    writeFileSync(path, proof);
    expect(world.call('ledger', 'verify', '--proof', path).code).toBe(0);
    const exported = world.call('ledger', 'export');
    expect(exported.stderr).toContain('Entries below 256 were pruned on');
    const lines = exported.stdout.trim().split('\n');
    const pruned = lines.findLast((line) => line.includes('"retention.pruned"'));
    expect(pruned).toContain('end_of_term');
    expect(world.call('ledger', 'reconcile').code).toBe(0);
    const following = world.spoor('ledger', 'follow', '--from', '0', '--json');
    expect(await firstLine(following)).toContain('key.rotated');
    await kill(following);
    const served = await fetch(`${(await addressOf(world)).url}/ledger/pruned`, {
      headers: { authorization: `Bearer ${(await addressOf(world)).token}` },
    });
    expect(await served.text()).toBe(readFileSync(join(world.state, 'ledger', 'pruned'), 'latin1'));

    const [hold] = json<{ id: string }[]>(world, 'vault', 'hold', 'list');
    world.call('vault', 'hold', 'release', hold?.id ?? '', '--reason', 'closed');
    await kill(hub, 'SIGTERM');
    const alone = json<PruneView>(world, 'ledger', 'prune', '--keep-days', '5', ...why);
    expect(alone).toMatchObject({ from: 256, minimum: 768 });
    const last = world.call('ledger', 'verify', '--checkpoint', kept);
    expect(last.code).toBe(0);
    expect(last.stderr).toContain('Entries below 768 were pruned on');
  },
  { case: 'by command, beside a hub and alone', timeoutMs: 180_000 },
);

async function addressOf(world: World): Promise<{ url: string; token: string }> {
  const { readHubAddress, readToken, locateHome } = await import('@spoor/edge/home');
  const home = locateHome(world.env);
  return { url: readHubAddress(home)?.url ?? '', token: readToken(home) ?? '' };
}

verifies(
  'ledger:prune',
  async () => {
    const world = await withOld(600);
    Object.assign(world.env, { SPOOR_LEDGER_DAYS: '5' });
    const hub = await world.hub();
    await until(
      () => [0, 1].map((n) => bundle(world, n)),
      (there) => !there.includes(true),
    );
    await kill(hub, 'SIGTERM');
    const verified = world.call('ledger', 'verify');
    expect(verified.code).toBe(4);
    expect(verified.stderr).toContain('Entries below 512 were pruned on');
    expect(world.call('ledger', 'export').stdout).toContain('"reason":"ledger.days"');
  },
  { case: 'by itself, where a setting says so', timeoutMs: 120_000 },
);
