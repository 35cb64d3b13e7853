/** Lives of a writer on a simulated disk, in which the machine stops at every call in turn. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Disk, DiskFile } from '../../src/disk.ts';
import type { Appended, Ledger, Timer } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { createSealer, type Sealer } from '../../src/seal/index.ts';
import { CALL, entry, ORIGIN, SESSION } from '../fixtures.ts';
import { Chance, simulatedClock } from './chance.ts';
import { diskError, type SimulatedCall, type SimulatedDisk } from './disk.ts';

const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

/** What the outside was told; lists only grow, so their lengths are a state of them. */
export interface Promised {
  readonly durable: { readonly index: number; readonly leafHash: string }[];
  readonly sealed: Uint8Array[];
  /** Notes that were signed, published or not. */
  readonly signed: string[];
  readonly published: string[];
}

/** Disk calls that fail, and how. */
export interface Fault {
  readonly from: number;
  readonly to: number;
  readonly call: SimulatedCall;
  readonly code: string;
}

export interface World {
  readonly disk: SimulatedDisk;
  readonly chance: Chance;
  readonly promised: Promised;
  readonly fault: Fault | undefined;
  /** Called at each call on the disk, while it is under way. */
  readonly stop: (world: World) => Promise<void>;
}

/** A process that runs a writer: once it is dead, no chore of it runs and no call of it returns. */
class Process {
  #dead = false;

  /** Runs every chore at the next turn of the event loop. */
  readonly timer: Timer = {
    after: (_delayMs, run) => {
      const handle = setImmediate(() => this.#dead || run());
      return () => clearImmediate(handle);
    },
  };

  kill(): void {
    this.#dead = true;
  }

  /** The object, through which this process reaches the disk. */
  through<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]) => {
          if (this.#dead) return new Promise(() => {});
          const result: unknown = await Reflect.apply(member, target, given);
          if (this.#dead) return new Promise(() => {});
          return isFile(result) ? this.through(result) : result;
        };
      },
    });
  }
}

const isFile = (value: unknown): value is DiskFile =>
  typeof value === 'object' && value !== null && 'write' in value && 'sync' in value;

/** Runs none: what opening alone does can be looked at. */
export const stillTimer: Timer = { after: () => () => {} };

export const openSimulated = (disk: Disk, chance: Chance, timer: Timer): Promise<Ledger> =>
  openLedger({
    dir: '/log',
    stateDir: '/state',
    origin: ORIGIN,
    clock: simulatedClock(chance.fork()),
    random: chance.fork(),
    disk,
    timer,
  });

/** The same key and the same bytes for each life. */
export const simulatedSealer = (): Promise<Sealer> =>
  createSealer({ session: SESSION, recipients: [RECIPIENT], random: new Chance(1) });

export async function live(world: World): Promise<void> {
  const { disk, chance, promised, fault } = world;
  const sealer = await simulatedSealer();
  let calls = 0;
  disk.onCall = async (call, path, bytes) => {
    calls++;
    if (call === 'write' && path === '/state/lock.tmp') promised.signed.push(String(bytes));
    await world.stop(world);
    if (fault === undefined || calls < fault.from || calls > fault.to) return;
    if (call === fault.call) throw diskError(fault.code);
  };
  const runs = 2 + chance.below(2);
  for (let run = 0; run < runs; run++) {
    // A writer that fails ends with its process, and the next one begins.
    const process = new Process();
    await runOnce(world, process, sealer).catch(() => {});
    process.kill();
  }
  disk.onCall = () => {};
}

async function runOnce(world: World, process: Process, sealer: Sealer): Promise<void> {
  const { chance, promised } = world;
  const ledger = await openSimulated(process.through(world.disk), chance, process.timer);
  ledger.onCheckpoint(({ note }) => promised.published.push(note));
  await ledger.keepKey(SESSION, sealer.key.kek, sealer.key.wrapped);
  const steps = 1 + chance.below(3);
  for (let n = 0; n < steps; n++) await step(ledger, chance, promised, sealer);
  await ledger.close();
}

async function step(
  ledger: Ledger,
  chance: Chance,
  promised: Promised,
  sealer: Sealer,
): Promise<void> {
  const count = chance.pick([1, 2, 6]);
  const appended: (Appended | undefined)[] = [];
  const records: Uint8Array[] = [];
  for (let n = 0; n < count; n++) {
    const plaintext = Buffer.alloc(chance.pick([20, 700, 5_000]), chance.below(256));
    const sealed = chance.share() < 0.4 ? [sealer.seal(CALL, 'request', plaintext)] : [];
    appended.push(ledger.append(entry(n), sealed));
    records.push(...sealed.map(({ record }) => record));
  }
  await Promise.all(appended.map((one) => one?.durable()));
  for (const one of appended) if (one !== undefined) promised.durable.push(one);
  promised.sealed.push(...records);
  for (let turns = chance.pick([0, 3, 20]); turns > 0; turns--) await nextTurn();
}
