import { systemRandom } from '@spoor/core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Appended, Ledger, Timer } from '../src/index.ts';
import { createSealer, type Sealer } from '../src/seal/index.ts';
import { packPath, readPack } from '../src/vault/pack.ts';
import { leafHash, readLeaf, verifyLog } from '../src/verify/index.ts';
import { CALL, entry, openOn, SESSION, sourceOf } from './fixtures.ts';
import { type DiskCall, MemoryDisk, noSpace } from './memory-disk.ts';

const RECIPIENT = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';

let sealer: Sealer;
beforeAll(async () => {
  sealer = await createSealer({ session: SESSION, recipients: [RECIPIENT], random: systemRandom });
});

/** What the outside was told before the machine stopped. */
interface Promised {
  readonly durable: Appended[];
  readonly sealed: Uint8Array[];
  note: string;
}

/** Runs every chore at the next turn of the event loop, until the machine stops. */
function eagerTimer(): Timer & { stop(): void } {
  let stopped = false;
  return {
    after(_delayMs, run) {
      const handle = setImmediate(() => {
        if (!stopped) run();
      });
      return () => clearImmediate(handle);
    },
    stop: () => {
      stopped = true;
    },
  };
}

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
};

/** Two runs of a writer, with keys, sealed content, and publications in between. */
async function life(disk: MemoryDisk, timer: Timer, promised: Promised): Promise<void> {
  for (let run = 0; run < 2; run++) {
    const ledger = await openOn(disk, { timer });
    ledger.onCheckpoint(({ note }) => {
      promised.note = note;
    });
    await ledger.keepKey(SESSION, sealer.key.kek, sealer.key.wrapped);
    for (let n = 0; n < 3; n++) await step(ledger, n, promised);
    await ledger.close();
  }
}

async function step(ledger: Ledger, n: number, promised: Promised): Promise<void> {
  const sealed = sealer.seal(CALL, 'request', Buffer.from(`content ${n}`));
  ledger.append(entry(n));
  const appended = ledger.append(entry(100 + n), [sealed]);
  await appended?.durable();
  if (appended !== undefined) promised.durable.push(appended);
  promised.sealed.push(sealed.record);
  await turns(20);
}

/** After the stop: is everything there that was promised? */
async function expectKept(disk: MemoryDisk, promised: Promised, when: string): Promise<void> {
  const ledger = await openOn(disk);
  await ledger.close();
  const source = sourceOf(disk);
  const { verifierKey } = ledger;
  const checkpoint = promised.note === '' ? {} : { checkpoint: promised.note };
  const result = await verifyLog(source, { verifierKey, ...checkpoint });
  expect(result.status, when).toBe(promised.note === '' ? 'unwitnessed' : 'ok');
  for (const { index, leafHash: promisedHash } of promised.durable) {
    const leaf = Buffer.from((await readLeaf(source, index)) ?? '');
    expect(Buffer.from(leafHash(leaf)).toString('hex'), when).toBe(promisedHash);
  }
  const pack = Buffer.from((await disk.read(`/log/${packPath(SESSION, sealer.key.kek)}`)) ?? []);
  const kept = readPack(pack).map(({ bytes }) => bytes.toString('hex'));
  for (const record of promised.sealed) {
    const hex = Buffer.from(record).toString('hex');
    expect(
      kept.filter((one) => one === hex),
      when,
    ).toHaveLength(1);
  }
}

/** One life in which the n-th call on the disk goes as `fault` says. */
async function liveWith(
  disk: MemoryDisk,
  fault: (n: number, call: DiskCall) => void,
): Promise<Promised> {
  const timer = eagerTimer();
  const promised: Promised = { durable: [], sealed: [], note: '' };
  let calls = 0;
  disk.onCall = (call) => fault(++calls, call);
  await life(disk, timer, promised).catch(() => {});
  timer.stop();
  await turns(2);
  disk.onCall = () => {};
  return promised;
}

async function callsOfALife(): Promise<number> {
  const disk = new MemoryDisk();
  const promised = await liveWith(disk, () => {});
  expect(promised.durable).toHaveLength(6);
  return disk.calls.length;
}

describe('a disk call that fails once', () => {
  it('at every third place stalls or ends the writer, and loses nothing promised', async () => {
    const calls = await callsOfALife();
    for (let at = 1; at <= calls; at += 3) {
      const disk = new MemoryDisk();
      disk.torn = 0.5;
      const promised = await liveWith(disk, (n) => {
        if (n === at) throw noSpace();
      });
      await expectKept(disk, promised, `failed at call ${at} of ${calls}`);
    }
  });
});

describe('a log that is older than what was signed', () => {
  it('is refused when log or state were restored from a copy', async () => {
    const disk = new MemoryDisk();
    await (await openOn(disk)).close();
    const old = disk.clone();
    await (await openOn(disk)).close();
    const swap = (from: MemoryDisk, prefix: string, into: MemoryDisk) =>
      Promise.all(
        from
          .paths()
          .filter((path) => path.startsWith(prefix))
          .map(async (path) => {
            into.put(path, (await from.read(path)) ?? new Uint8Array());
          }),
      );
    const restoredLog = disk.clone();
    await swap(old, '/log', restoredLog);
    await expect(openOn(restoredLog)).rejects.toMatchObject({ code: 'LEDGER_ROLLED_BACK' });
    const restoredState = disk.clone();
    await swap(old, '/state', restoredState);
    await expect(openOn(restoredState)).rejects.toMatchObject({ code: 'LEDGER_ROLLED_BACK' });
    const noLock = disk.clone();
    noLock.drop('/state/lock');
    await expect(openOn(noLock)).rejects.toMatchObject({ code: 'LEDGER_ROLLED_BACK' });
    const noKey = disk.clone();
    noKey.drop('/state/log.key');
    await expect(openOn(noKey)).rejects.toMatchObject({ code: 'LEDGER_UNREADABLE' });
  });

  it('is refused when acknowledged bytes of the write-ahead log changed', async () => {
    const disk = new MemoryDisk();
    const timer = eagerTimer();
    timer.stop();
    const ledger = await openOn(disk, { timer });
    for (let n = 0; n < 3; n++) await ledger.append(entry(n))?.durable();
    const path = disk.paths().find((name) => name.endsWith('.wal')) ?? '';
    const bytes = Buffer.from((await disk.read(path)) ?? []);
    const damaged = disk.clone();
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    damaged.put(path, bytes);
    await expect(openOn(damaged)).rejects.toMatchObject({ code: 'LEDGER_UNREADABLE' });
    const cut = disk.clone();
    const torn = Buffer.from((await disk.read(path)) ?? []);
    torn[torn.findLastIndex((byte) => byte !== 0)] = 0;
    cut.put(path, torn);
    const reopened = await openOn(cut);
    expect(await reopened.readLeaf(3)).toContain('"n":1');
    expect(await reopened.readLeaf(4)).toContain('key.rotated');
    expect(await reopened.readLeaf(5)).toContain('log.recovered');
    await reopened.close();
  });
});

describe('two writers', () => {
  it('end as soon as one sees that the other has signed', async () => {
    const disk = new MemoryDisk();
    await (await openOn(disk)).close();
    const one = await openOn(disk);
    const other = await openOn(disk);
    await one.append(entry(1))?.durable();
    await one.close();
    await expect(other.close()).rejects.toMatchObject({ code: 'LEDGER_WRITE_FAILED' });
    expect(other.state).toBe('failed');
  });
});
