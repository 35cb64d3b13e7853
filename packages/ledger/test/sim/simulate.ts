import { CodedError } from '@spoor/core';
import type { Ledger } from '../../src/index.ts';
import { checkByPlatform } from '../../src/platform.ts';
import { verifyLog } from '../../src/verify/index.ts';
import { Chance } from './chance.ts';
import { faultOf, faultOfTree } from './check.ts';
import { type Damage, damage } from './damage.ts';
import { diskError, SimulatedDisk } from './disk.ts';
import {
  type Fault,
  live,
  openSimulated,
  type Promised,
  simulatedSealer,
  stillTimer,
  type World,
} from './life.ts';

/** Of the stops without damage, those whose log is verified as a stranger would. */
const VERIFIED_SHARE = 0.2;
/** After so many, a life is not looked at any further. */
const FAULTS_MAX = 5;
/** Stops tried at each call on the disk. */
const STOPS = 4;
const REFUSALS: ReadonlySet<string> = new Set([
  'LEDGER_TAMPERED',
  'LEDGER_ROLLED_BACK',
  'LEDGER_UNREADABLE',
  'LEDGER_WRITE_FAILED',
]);

/** Lives from consecutive seeds until so many stops were tried. */
export async function simulateStops(seed: number, stops: number): Promise<Outcome> {
  const all: Outcome = { points: 0, refused: 0, unharmed: 0 };
  for (let n = seed; all.points < stops; n++) {
    const { points, refused, unharmed } = await simulate(n);
    all.points += points;
    all.refused += refused;
    all.unharmed += unharmed;
  }
  return all;
}

export interface Outcome {
  points: number;
  /** Damaged disks that a start refused, and those on which what was promised was there. */
  refused: number;
  unharmed: number;
}

/**
 * One life from its seed, with all its stops.
 *
 * @throws Error with the seed where an invariant does not hold
 */
export async function simulate(
  seed: number,
  disk: SimulatedDisk = new SimulatedDisk(),
): Promise<Outcome> {
  const outcome: Outcome = { points: 0, refused: 0, unharmed: 0 };
  const chance = new Chance(seed);
  const { kek } = (await simulatedSealer()).key;
  const copies: SimulatedDisk[] = [];
  // Kept until the end: a writer treats what is thrown at it as a disk that fails.
  const faults: string[] = [];
  await live({
    disk,
    chance: chance.fork(),
    promised: { durable: [], sealed: [], signed: [], published: [] },
    fault: faultFor(chance.fork()),
    stop: async (world) => {
      if (faults.length >= FAULTS_MAX) return;
      for (let n = 0; n < STOPS; n++) {
        outcome.points++;
        const point = new Chance(seed * 1_000_003 + outcome.points);
        const fault = await stopAt(world, point, kek, copies, outcome);
        if (fault !== undefined) faults.push(`seed ${seed}, stop ${outcome.points}: ${fault}`);
      }
      if (copies.length < 40 && chance.share() < 0.1) copies.push(world.disk.copy());
    },
  });
  if (faults.length > 0) throw new Error(`${faults.length} faults: ${faults[0]}`);
  return outcome;
}

function faultFor(chance: Chance): Fault | undefined {
  const from = 20 + chance.below(250);
  const faults: (Fault | undefined)[] = [
    undefined,
    undefined,
    { from, to: from + chance.below(60), call: 'write', code: 'ENOSPC' },
    { from, to: from + chance.below(60), call: 'other', code: 'ENOSPC' },
    { from, to: from + chance.below(4), call: 'sync', code: 'EIO' },
    { from, to: from + chance.below(4), call: 'write', code: 'EIO' },
  ];
  return chance.pick(faults);
}

async function stopAt(
  world: World,
  chance: Chance,
  kek: string,
  copies: readonly SimulatedDisk[],
  outcome: Outcome,
): Promise<string | undefined> {
  const promised = snapshot(world.promised);
  const disk = world.disk.crash(chance);
  const held = lockedOnly(promised, disk.peek('/state/lock')?.toString());
  const hurt: Damage | undefined = chance.share() < 0.4 ? damage(disk, chance, copies) : undefined;
  const failing = hurt?.kind === 'unreadable' ? hurt.path : undefined;
  disk.onCall = (call, path) => {
    if (call === 'read' && path === failing) throw diskError('EIO');
  };
  const opened = await tryToOpen(disk, chance);
  if (hurt !== undefined) {
    return judgeDamaged(disk, held, hurt, opened instanceof Error ? opened : undefined, outcome);
  }
  if (opened instanceof Error) return `refused: ${opened.message}`;
  const fault = faultOf(disk, promised, kek);
  return (
    fault ?? (chance.share() < VERIFIED_SHARE ? await faultOfVerifier(disk, opened) : undefined)
  );
}

/** Of what was signed, what a disk held: a note that no lock names has bound nobody. */
const lockedOnly = (promised: Promised, lock: string | undefined): Promised => ({
  ...promised,
  signed: promised.signed.slice(0, promised.signed.lastIndexOf(lock ?? '') + 1),
});

/** Keys and epochs too, which only a verifier follows. */
async function faultOfVerifier(
  disk: SimulatedDisk,
  { verifierKey }: Ledger,
): Promise<string | undefined> {
  if (disk.peek('/log/checkpoint') === undefined) return undefined;
  const read = async (path: string) => disk.peek(`/log/${path}`);
  const result = await verifyLog({ read }, { verifierKey, ed25519: checkByPlatform });
  if (result.status === 'tampered') return `${result.path}: ${result.why}`;
  return 'recovered' in result && result.recovered.length > 0 ? 'an epoch key was lost' : undefined;
}

function judgeDamaged(
  disk: SimulatedDisk,
  promised: Promised,
  hurt: Damage,
  refusal: Error | undefined,
  outcome: Outcome,
): string | undefined {
  const what = `${hurt.kind} ${hurt.path}`;
  if (refusal !== undefined) {
    const isCoded = refusal instanceof CodedError && REFUSALS.has(refusal.code);
    outcome.refused++;
    return isCoded ? undefined : `${what}: no code but ${refusal.stack}`;
  }
  outcome.unharmed++;
  const fault = faultOfTree(disk, hurt.kind === 'restored' ? onlyPublished(promised) : promised);
  return fault === undefined || hurt.visible ? undefined : `${what}: ${fault}`;
}

/**
 * Writer's state from an older copy, beside a log that is not older: what was durable and not yet
 * published then was nowhere else, so nobody can tell.
 */
function onlyPublished(promised: Promised): Promised {
  const { published } = promised;
  const size = Number(published.at(-1)?.split('\n')[1] ?? 0);
  const durable = promised.durable.filter(({ index }) => index < size);
  return { durable, sealed: [], signed: published, published };
}

const snapshot = (promised: Promised): Promised => ({
  durable: [...promised.durable],
  sealed: [...promised.sealed],
  signed: [...promised.signed],
  published: [...promised.published],
});

async function tryToOpen(disk: SimulatedDisk, chance: Chance): Promise<Ledger | Error> {
  try {
    return await openSimulated(disk, chance, stillTimer);
  } catch (error) {
    return error as Error;
  }
}
