import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert, LedgerView, Page } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { firstLine, kill, type Piped, timed, until, World } from './support.ts';

interface Scene {
  readonly world: World;
  readonly policy: string;
  readonly witness: Piped;
}

/** A hub's ledger, and a witness of its own that knows it. */
async function setScene(): Promise<Scene> {
  const world = new World();
  // The log's key is made at the first start.
  await kill(await world.hub(), 'SIGTERM');
  const folder = join(world.folder, 'witness');
  const log = join(world.state, 'ledger-state', 'log.vkey');
  world.call('witness', 'init', '--dir', folder, '--log', log, '--name', 'w.example/1');
  const key = readFileSync(join(folder, 'witness.vkey'), 'utf8').trim();
  const witness = world.spoor('witness', 'run', '--dir', folder, '--listen', '127.0.0.1:0');
  const [, url = ''] = /Witness at (\S+),/.exec(await firstLine(witness)) ?? [];
  const policy = join(world.folder, 'policy');
  writeFileSync(policy, `# One witness\nwitness w1 ${key} ${url}/\nquorum w1\n`);
  return { world, policy, witness };
}

/** Waits for the ledger to say so; a test's own time limit ends it. */
async function view(world: World, holds: (ledger: LedgerView) => boolean): Promise<LedgerView> {
  for (;;) {
    const ledger = await world.api<LedgerView>('ledger');
    if (holds(ledger)) return ledger;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const isWitnessed = ({ witness, size }: LedgerView): boolean =>
  witness.state === 'reached' && witness.size >= size;

const FOLDERS = ['ledger', 'ledger-state'];

/** Puts back what was there, as somebody would who has something to hide. */
function restore(from: string, to: string): void {
  for (const name of FOLDERS) {
    rmSync(join(to, name), { recursive: true });
    cpSync(join(from, name), join(to, name), { recursive: true });
  }
}

verifies(
  'witness:noticed',
  async () => {
    const { world, policy } = await setScene();
    const flags = ['--witness-policy', policy];
    const first = await world.hub(...flags);
    await view(world, isWitnessed);
    expect(existsSync(join(world.state, 'ledger', 'checkpoint.cosigned'))).toBe(true);
    const status = world.call('hub', 'status');
    expect(status.stdout).toMatch(/Witness {3}reached, \d+ entries cosigned/);
    const verify = (...more: string[]): ReturnType<World['call']> =>
      world.call('ledger', 'verify', '--witness', policy, '--json', ...more);
    const { value: well, ms: usuallyMs } = await timed(() => verify());
    expect(JSON.parse(well.stdout)).toMatchObject({ status: 'ok', exit: 0 });
    await kill(first, 'SIGTERM');
    const backup = join(world.folder, 'backup');
    for (const name of FOLDERS)
      cpSync(join(world.state, name), join(backup, name), { recursive: true });
    // More is written and witnessed, and then it is to be as if it had not been.
    const second = await world.hub(...flags);
    world.call('enforce', 'on');
    await view(world, isWitnessed);
    await kill(second, 'SIGTERM');
    restore(backup, world.state);
    const { value: noticed, ms: tookMs } = await timed(() => verify());
    expect(JSON.parse(noticed.stdout)).toMatchObject({ status: 'rolled-back', exit: 5 });
    expect(noticed.code).toBe(5);
    // A loaded machine starts a command as slowly for a log that is whole.
    expect(tookMs).toBeLessThan(10_000 + 3 * usuallyMs);
    // The files alone do not show it, until they are too old.
    expect(verify('--offline').code).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(JSON.parse(verify('--offline', '--max-age', '2s').stdout)).toMatchObject({ exit: 6 });
    const start = ['hub', 'start', '--background', ...flags];
    const { value: refused, ms: refusedMs } = await timed(() => world.call(...start));
    expect(refused.stderr).toContain('LEDGER_ROLLED_BACK');
    expect(refused.code).toBe(5);
    expect(refusedMs).toBeLessThan(10_000 + 3 * usuallyMs);
  },
  { case: 'a restored backup, by the verifier and by the hub', timeoutMs: 120_000 },
);

verifies(
  'witness:noticed',
  async () => {
    const { world, policy, witness } = await setScene();
    const flags = ['--witness-policy', policy];
    await kill(await world.hub(...flags), 'SIGTERM');
    const backup = join(world.folder, 'backup');
    for (const name of FOLDERS)
      cpSync(join(world.state, name), join(backup, name), { recursive: true });
    const hub = await world.hub(...flags);
    await view(world, isWitnessed);
    await kill(hub, 'SIGTERM');
    restore(backup, world.state);
    // The witness is away while the hub starts, and comes back.
    const [, port = ''] = /:(\d+)\//.exec(readFileSync(policy, 'utf8')) ?? [];
    await kill(witness, 'SIGTERM');
    await world.hub(...flags);
    const folder = join(world.folder, 'witness');
    const words = ['--dir', folder, '--listen', `127.0.0.1:${port}`];
    const start = performance.now();
    await firstLine(world.spoor('witness', 'run', ...words));
    const upMs = performance.now() - start;
    await view(world, (ledger) => ledger.witness.state === 'refused');
    expect(performance.now() - start).toBeLessThan(10_000 + 5 * upMs);
    const { rows } = await world.api<Page<Alert>>('alerts');
    const alert = rows.find(({ rule }) => rule.id === 'ledger-refused');
    expect(alert).toMatchObject({ rule: { level: 'critical' } });
    expect(alert?.ledgerIndex).toBeTypeOf('number');
    expect(alert?.leafHash).toMatch(/^[0-9a-f]{64}$/);
    expect(alert?.checkpoint).toContain('\n\n');
    const health = await world.api<{ ok: boolean }>('health');
    expect(health.ok).toBe(false);
  },
  { case: 'a copy that was written on while the witness was away', timeoutMs: 120_000 },
);

verifies(
  'witness:levels',
  async () => {
    const { world, policy, witness } = await setScene();
    const flags = ['--witness-policy', policy, '--ledger-levels', 'shares-externally=witnessed'];
    await world.hub(...flags, '--ledger-level-timeout-ms', '3000', '--mode', 'enforce');
    const drive = await connect(world, 'drive', SERVERS.drive());
    const share = { name: 'report.csv', content: 'figures' };
    // A loaded machine's witness may be slower than the hub waits, once.
    await until(
      () => drive.call('create_shareable_link', share).catch(() => undefined),
      (shared) => shared?.isError === false,
    );
    // Its entry was cosigned before the call went on.
    const ledger = await world.api<LedgerView>('ledger');
    expect(ledger.witness.size).toBeGreaterThan(0);
    // Without the witness it is denied, and others go on.
    await kill(witness, 'SIGTERM');
    const start = performance.now();
    const denied = await drive.call('create_shareable_link', share).catch((error) => error);
    expect(JSON.stringify(denied.message ?? denied)).toContain('denied');
    expect(performance.now() - start).toBeGreaterThan(2_000);
    await drive.close();
  },
  { case: 'a real call, with a witness and without', timeoutMs: 120_000 },
);
