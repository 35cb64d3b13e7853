import { describe, expect, it } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { checkByPlatform, type Disk, fsck, type Ledger, sha256ByPlatform } from '../src/index.ts';
import { tilePath } from '../src/tree/tile.ts';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  PRUNED,
  readLeaf,
  readLeaves,
  readPruned,
  type VerifyResult,
  verifyConsistency,
  verifyInclusion,
  verifyLog,
} from '../src/verify/index.ts';
import { formatPruned } from '../src/verify/pruned.ts';
import { entry, openOn, sourceOf } from './fixtures.ts';
import { MemoryDisk } from './memory-disk.ts';
import { Chance } from './sim/chance.ts';
import { SimulatedDisk } from './sim/disk.ts';

const MINIMUM = 512;
const BUNDLES = [0, 1].map((n) => `/log/${tilePath('entries', n)}`);

interface Made {
  readonly disk: MemoryDisk;
  readonly verifierKey: string;
  /** Checkpoints of sizes below and above the minimum. */
  readonly early: string;
  readonly late: string;
}

/** A log of some 700 entries in three epochs. */
async function made(): Promise<Made> {
  const disk = new MemoryDisk();
  const notes: string[] = [];
  let verifierKey = '';
  for (const count of [200, 380, 120]) {
    const ledger = await openOn(disk);
    for (let n = 0; n < count; n++) ledger.append(entry(n));
    await ledger.close();
    notes.push(ledger.published?.note ?? '');
    ({ verifierKey } = ledger);
  }
  const [early = '', , late = ''] = notes;
  return { disk, verifierKey, early, late };
}

const pruneOn = (ledger: Ledger, minimum = MINIMUM) =>
  ledger.prune(minimum, (pruned) => ({
    kind: 'retention.pruned',
    detail: { what: 'ledger', by: 'me', reason: 'age', ...pruned },
  }));

async function pruned(): Promise<Made> {
  const one = await made();
  const ledger = await openOn(one.disk);
  await pruneOn(ledger);
  await ledger.close();
  return one;
}

const verify = (
  { disk, verifierKey }: { readonly disk: Disk; readonly verifierKey: string },
  checkpoint?: string,
): Promise<VerifyResult> =>
  verifyLog(sourceOf(disk), {
    verifierKey,
    sha256: sha256ByPlatform,
    ed25519: checkByPlatform,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });

describe('a pruned log', () => {
  verifies(
    'ledger:prune',
    async () => {
      const one = await made();
      const { disk, early, late } = one;
      const whole = disk.clone();
      const ledger = await openOn(disk);
      const { index } = await pruneOn(ledger);
      await expect(pruneOn(ledger)).rejects.toMatchObject({ code: 'LEDGER_PRUNE_REFUSED' });
      await expect(pruneOn(ledger, 1024)).rejects.toMatchObject({ code: 'LEDGER_PRUNE_REFUSED' });
      expect(await ledger.readLeaf(5)).toBeUndefined();
      await ledger.close();
      expect(disk.paths().filter((path) => BUNDLES.includes(path))).toEqual([]);
      for (const checkpoint of [early, late]) {
        const result = await verify(one, checkpoint);
        expect(result).toMatchObject({ status: 'ok', epochs: 4 });
        expect(result).toMatchObject({ pruned: { minimum: MINIMUM, entry: index } });
      }
      expect(await verify(one)).toMatchObject({ status: 'unwitnessed' });
      const source = sourceOf(disk);
      const result = await verify(one);
      if (!('root' in result)) throw new Error(result.status);
      const { root, size } = result;
      const leaf = Buffer.from((await readLeaf(sourceOf(whole), 5)) ?? '');
      const proof = await inclusionProof(source, 5, size);
      expect(verifyInclusion({ index: 5, size, root, proof, leafHash: leafHash(leaf) })).toBe(true);
      const before = await verify({ ...one, disk: whole });
      if (!('root' in before)) throw new Error(before.status);
      const consistency = await consistencyProof(source, before.size, size);
      expect(
        verifyConsistency({
          size1: before.size,
          root1: before.root,
          size2: size,
          root2: root,
          proof: consistency,
        }),
      ).toBe(true);
      const kept = (await readPruned(source))?.kept.size ?? 0;
      expect(kept).toBeGreaterThan(2);
      const left: number[] = [];
      for await (const one of readLeaves(source)) left.push(one.index);
      expect(left).toHaveLength(kept + size - MINIMUM);
      const looked = { disk, dir: '/log', stateDir: '/state', verifierKey: one.verifierKey };
      expect((await fsck(looked)).findings).toEqual([]);
    },
    { case: 'with all that is left of it', timeoutMs: 60_000 },
  );

  it('goes on, and is pruned again', async () => {
    const one = await pruned();
    const ledger = await openOn(one.disk);
    for (let n = 0; n < 300; n++) ledger.append(entry(n));
    await pruneOn(ledger, 768);
    await ledger.close();
    const result = await verify(one, one.early);
    expect(result).toMatchObject({ status: 'ok', pruned: { minimum: 768 } });
    const texts: string[] = [];
    for await (const { leaf } of readLeaves(sourceOf(one.disk))) texts.push(leaf);
    expect(texts.filter((text) => text.includes('retention.pruned'))).toHaveLength(2);
  });

  it('is not pruned where what would go was changed', async () => {
    const { disk } = await made();
    const path = BUNDLES[0] ?? '';
    const bytes = Buffer.from((await disk.read(path)) ?? []);
    bytes[9] = (bytes[9] ?? 0) ^ 1;
    disk.put(path, bytes);
    const ledger = await openOn(disk);
    await expect(pruneOn(ledger)).rejects.toMatchObject({ code: 'LEDGER_TAMPERED' });
    expect(ledger.state).toBe('ok');
    await ledger.close();
    expect(disk.paths()).toContain(path);
  });
});

describe('tampering with a pruned log', () => {
  const changed = async (path: string, at: number, one: Made): Promise<VerifyResult> => {
    const disk = one.disk.clone();
    const bytes = Buffer.from((await disk.read(path)) ?? []);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    disk.put(path, bytes);
    return verify({ ...one, disk });
  };

  verifies(
    'ledger:tamper',
    async () => {
      const one = await pruned();
      const path = `/log/${PRUNED}`;
      const { length } = (await one.disk.read(path)) ?? [];
      for (let at = 0; at < Number(length); at++) {
        expect((await changed(path, at, one)).status, `byte ${at}`).toBe('tampered');
      }
      for (const tile of one.disk.paths().filter((name) => name.startsWith('/log/tile/'))) {
        const bytes = Buffer.from((await one.disk.read(tile)) ?? []);
        for (let at = 0; at < bytes.length; at += 211)
          expect((await changed(tile, at, one)).status, `${tile} ${at}`).toBe('tampered');
      }
    },
    { case: 'pruned, byte by byte', timeoutMs: 120_000 },
  );

  verifies(
    'ledger:tamper',
    async () => {
      const one = await pruned();
      const stated = await readPruned(sourceOf(one.disk));
      if (stated === undefined) throw new Error('not pruned');
      const { atMs, kept } = stated;
      const third = `/log/${tilePath('entries', 2)}`;
      const forged = (minimum: number, entries: typeof kept): MemoryDisk => {
        const disk = one.disk.clone();
        disk.put(`/log/${PRUNED}`, formatPruned(minimum, atMs, entries));
        return disk;
      };
      const without = (...paths: string[]): MemoryDisk => {
        const disk = one.disk.clone();
        for (const path of paths) disk.drop(path);
        return disk;
      };
      const [first] = kept.keys();
      const fewer = new Map([...kept].filter(([index]) => index !== first));
      const kind = new Map([...kept].map(([index, leaf]) => [index, Buffer.from(leaf).reverse()]));
      const last = one.disk.paths().find((path) => path.includes('/entries/002.p/')) ?? third;
      const ahead = forged(768, kept);
      ahead.drop(last);
      const attacks: Record<string, MemoryDisk> = {
        'a bundle above the minimum is missing': without(last),
        'the file about it is missing': without(`/log/${PRUNED}`),
        'a tile of what was pruned is missing': without(`/log/${tilePath(0, 0)}`),
        'a lower minimum': forged(256, new Map([...kept].filter(([index]) => index < 256))),
        'a higher minimum': ahead,
        'a kept entry taken out': forged(MINIMUM, fewer),
        'kept entries altered': forged(MINIMUM, kind),
        'another time': forged(MINIMUM, kept),
      };
      attacks['another time']?.put(`/log/${PRUNED}`, formatPruned(MINIMUM, atMs + 1, kept));
      for (const [attack, disk] of Object.entries(attacks))
        expect((await verify({ ...one, disk }, one.late)).status, attack).toBe('tampered');
      const unsaid = await made();
      unsaid.disk.put(`/log/${PRUNED}`, formatPruned(256, atMs, new Map()));
      unsaid.disk.drop(BUNDLES[0] ?? '');
      expect((await verify(unsaid)).status, 'pruned without an entry').toBe('tampered');
    },
    { case: 'pruned, by attack', timeoutMs: 60_000 },
  );
});

/** Opens what a stop has left: all of the pruning was done, or nothing; which of them? */
async function settled(disk: MemoryDisk | SimulatedDisk, base: Made, when: string) {
  const ledger = await openOn(disk);
  await ledger.close();
  const result = await verify({ ...base, disk }, base.late);
  expect(result.status, when).toBe('ok');
  const gone = BUNDLES.filter((path) => !disk.paths().includes(path)).length;
  const isPruned = 'pruned' in result && result.pruned !== undefined;
  expect(gone, when).toBe(isPruned ? BUNDLES.length : 0);
  expect(disk.paths(), when).not.toContain('/state/pruning');
  return isPruned;
}

interface Stopped {
  /** Had it ended before its disk call of that number? */
  readonly isEnded: boolean;
  readonly isPromised: boolean;
  readonly disk: MemoryDisk;
}

async function stoppedAt(at: number, base: Made): Promise<Stopped> {
  const before = base.disk.clone();
  const ledger = await openOn(before, { publishIntervalMs: 60_000 });
  before.torn = at % 2 === 0 ? 0 : 0.5;
  let calls = 0;
  before.onCall = () => {
    if (++calls >= at) throw Object.assign(new Error('EIO'), { code: 'EIO' });
  };
  const isPromised = await pruneOn(ledger).then(
    () => true,
    () => false,
  );
  const isEnded = calls < at;
  const disk = before.crash();
  await ledger.close().catch(() => undefined);
  return { isEnded, isPromised, disk };
}

describe('a stop at any disk call of a pruning', () => {
  verifies(
    'ledger:crash',
    async () => {
      const base = await made();
      const after = { pruned: 0, whole: 0 };
      for (let at = 1, isOver = false; !isOver; at++) {
        const { disk, isPromised, isEnded } = await stoppedAt(at, base);
        const left = await verify({ ...base, disk: disk.clone() }, base.early);
        expect(left.status, `left by a stop at ${at}`).toBe('ok');
        const isPruned = await settled(disk, base, `after a stop at ${at}`);
        if (isPromised) expect(isPruned, `promised before ${at}`).toBe(true);
        after[isPruned ? 'pruned' : 'whole']++;
        isOver = isEnded;
      }
      expect(after.pruned).toBeGreaterThan(40);
      expect(after.whole).toBeGreaterThan(40);
    },
    { case: 'of a pruning', timeoutMs: 120_000 },
  );

  verifies(
    'ledger:crash',
    async () => {
      const base = await made();
      const disk = new SimulatedDisk();
      for (const path of base.disk.paths())
        disk.overwrite(path, Buffer.from((await base.disk.read(path)) ?? []));
      const ledger = await openOn(disk, { publishIntervalMs: 60_000 });
      const after = { pruned: 0, whole: 0 };
      const faults: unknown[] = [];
      let seed = 1;
      disk.onCall = async (call) => {
        if (call === 'read') return;
        for (let n = 0; n < 3; n++) {
          const left = disk.crash(new Chance(seed++));
          // Kept until the end: a writer takes what is thrown at it for a disk that fails.
          const isPruned = await settled(left, base, `seed ${seed - 1}`).catch((error: unknown) => {
            faults.push(error);
            return false;
          });
          after[isPruned ? 'pruned' : 'whole']++;
        }
      };
      await pruneOn(ledger);
      disk.onCall = () => undefined;
      await ledger.close();
      expect(faults[0]).toBeUndefined();
      expect(after.pruned).toBeGreaterThan(20);
      expect(after.whole).toBeGreaterThan(20);
    },
    { case: 'of a pruning, with writes in any order', timeoutMs: 120_000 },
  );
});
