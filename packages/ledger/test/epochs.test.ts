import { readFileSync } from 'node:fs';
import { canonicalize, DAY_MS, systemClock } from '@spoor/core';
import { describe, expect, it, vi } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { formatCheckpoint } from '../src/checkpoint.ts';
import type { Ledger } from '../src/index.ts';
import { loadSigner, type NoteSigner } from '../src/key.ts';
import { nodeHasher } from '../src/publish.ts';
import { encodeBundle, tilePath } from '../src/tree/tile.ts';
import { TileTree } from '../src/tree/tile-tree.ts';
import { type Rotation, rotationText } from '../src/verify/epochs.ts';
import { type LogSource, readLeaf, type VerifyResult, verifyLog } from '../src/verify/index.ts';
import { entry, ORIGIN, openOn, sourceOf } from './fixtures.ts';
import { MemoryDisk } from './memory-disk.ts';

async function run(disk: MemoryDisk, entries: number): Promise<Ledger> {
  const ledger = await openOn(disk);
  for (let n = 0; n < entries; n++) ledger.append(entry(n));
  await ledger.close();
  return ledger;
}

const verify = (disk: MemoryDisk, { verifierKey }: Ledger): Promise<VerifyResult> =>
  verifyLog(sourceOf(disk), { verifierKey });

const epochKeys = (disk: MemoryDisk): string[] =>
  disk.paths().filter((path) => path.includes('/epoch-'));

describe('epochs', () => {
  it('begin with each start, and their keys sign beside the log’s own', async () => {
    const disk = new MemoryDisk();
    await run(disk, 3);
    const ledger = await run(disk, 3);
    const lines = ledger.published?.note.split('\n').filter((line) => line.startsWith('\u2014'));
    expect(lines?.map((line) => line.split(' ')[1])).toEqual([ORIGIN, `${ORIGIN}/epoch/2`]);
    expect(await verify(disk, ledger)).toMatchObject({
      status: 'unwitnessed',
      epochs: 2,
      recovered: [],
    });
  });

  it('change once a day while a writer runs, whatever waits to be published', async () => {
    const disk = new MemoryDisk();
    let skipMs = 0;
    const clock = { ...systemClock, nowMs: () => Date.now() + skipMs };
    const ledger = await openOn(disk, { clock });
    for (let day = 1; day <= 3; day++) {
      skipMs = day * DAY_MS;
      const before = ledger.size;
      for (let n = 0; n < 300; n++) ledger.append(entry(n));
      await vi.waitFor(() => expect(ledger.size).toBe(before + 301), 30_000);
      for (let n = 0; n < 40; n++) ledger.append(entry(n));
    }
    await ledger.close();
    expect(await verify(disk, ledger)).toMatchObject({ status: 'unwitnessed', epochs: 4 });
    expect(epochKeys(disk)).toEqual(['/state/epoch-4.key']);
  });

  verifies('ledger:epochs', async () => {
    const disk = new MemoryDisk();
    await run(disk, 5);
    const seen: string[] = [];
    disk.onCall = (call, path) => {
      if (path.includes('epoch-1.key')) seen.push(call);
    };
    await run(disk, 5);
    expect(epochKeys(disk)).toEqual(['/state/epoch-2.key']);
    expect(seen.slice(-5)).toEqual(['open', 'write', 'sync', 'close', 'remove']);
    await expectNoRewriting(disk);
  });
});

describe('epochs whose key is lost', () => {
  it('are certified by the log’s own key when a key is gone, and the verifier says where', async () => {
    const disk = new MemoryDisk();
    await run(disk, 3);
    const size = (await run(disk, 3)).size;
    disk.drop('/state/epoch-2.key');
    const ledger = await run(disk, 2);
    expect(await verify(disk, ledger)).toMatchObject({ epochs: 4, recovered: [size] });
    expect(epochKeys(disk)).toEqual(['/state/epoch-4.key']);
  });

  it('survive a stop at any call while the log’s own key stands in', async () => {
    const disk = new MemoryDisk();
    await run(disk, 3);
    disk.drop('/state/epoch-1.key');
    for (let at = 1; ; at++) {
      const tried = disk.clone();
      let calls = 0;
      tried.onCall = () => {
        if (++calls >= at) throw new Error('stopped');
      };
      const begun = await openOn(tried, { timer: { after: () => () => {} } }).catch(
        () => undefined,
      );
      const after = tried.crash();
      const ledger = await run(after, 1);
      const result = await verify(after, ledger);
      expect(result, `stopped at call ${at}`).toMatchObject({ status: 'unwitnessed' });
      if ('recovered' in result) expect(result.recovered).toEqual([6]);
      if (begun !== undefined) break;
    }
  });

  it('refuse a lock whose epoch was changed, with the key there or gone', async () => {
    const disk = new MemoryDisk();
    await run(disk, 1);
    await run(disk, 1);
    const note = (await disk.read('/state/lock'))?.toString() ?? '';
    for (const name of ['epoch/1', 'epoch/3', 'epoch/0', 'epoch/q', 'epocg/2', 'epoch/-1']) {
      const damaged = disk.clone();
      damaged.put('/state/lock', Buffer.from(note.replace('epoch/2', name)));
      damaged.put('/log/checkpoint', Buffer.from(note.replace('epoch/2', name)));
      await expect(openOn(damaged)).rejects.toMatchObject({ code: 'LEDGER_UNREADABLE' });
      damaged.drop('/state/epoch-2.key');
      await expect(openOn(damaged)).rejects.toMatchObject({ code: 'LEDGER_UNREADABLE' });
    }
  });

  it('refuse a key file that is another key, or none', async () => {
    const disk = new MemoryDisk();
    await run(disk, 1);
    const other = new MemoryDisk();
    await run(other, 1);
    disk.put('/state/epoch-1.key', (await other.read('/state/epoch-1.key')) ?? Buffer.alloc(0));
    await expect(openOn(disk)).rejects.toMatchObject({ code: 'LEDGER_UNREADABLE' });
    disk.put('/state/epoch-1.key', Buffer.from('nonsense'));
    await expect(openOn(disk)).rejects.toMatchObject({ code: 'LEDGER_UNREADABLE' });
  });
});

/** A thief who has all that lies on the disk after the rotation, keys included, edits epoch 1. */
async function expectNoRewriting(honest: MemoryDisk): Promise<void> {
  const log = await loadSigner(honest, '/state/log.key', ORIGIN);
  const epoch = await loadSigner(honest, '/state/epoch-2.key', `${ORIGIN}/epoch/2`);
  if (log === undefined || epoch === undefined) throw new Error('no keys');
  const both = (text: string): string => log.sign(text) + epoch.line(text);
  const { verifierKey } = log;
  const checkpoint = (await honest.read('/log/checkpoint'))?.toString() ?? '';
  const leaves = await leavesOf(honest);
  const at = leaves.findIndex((leaf) => leaf.includes('"epoch":2'));
  const edited = leaves.map((leaf, i) => (i === 3 ? leaf.replace('"n":1', '"n":7') : leaf));
  expect(edited).not.toEqual(leaves);
  const closedBy = (signer: NoteSigner, by: Rotation['by']): string[] =>
    edited.with(at, closedAnew(edited, at, by, signer));

  const kept = await verifyLog(forge(edited, both), { verifierKey });
  expect(kept).toMatchObject({ status: 'tampered', why: expect.stringContaining('closed') });
  const stolen = await verifyLog(forge(closedBy(epoch, 'epoch'), both), { verifierKey });
  expect(stolen).toMatchObject({ status: 'tampered', why: expect.stringContaining('signed') });
  const unsigned = await verifyLog(forge(leaves, log.sign), { verifierKey });
  expect(unsigned).toMatchObject({ status: 'tampered', path: 'checkpoint' });
  // The log's own key can claim a loss that was none: it is told, and an old checkpoint refutes it.
  const claimed = forge(closedBy(log, 'origin'), both);
  expect(await verifyLog(claimed, { verifierKey })).toMatchObject({ recovered: [at] });
  const refuted = await verifyLog(claimed, { verifierKey, checkpoint });
  expect(refuted.status).toBe('tampered');
}

/** The rotation's leaf for the edited tree before it. */
function closedAnew(
  leaves: readonly string[],
  at: number,
  by: Rotation['by'],
  signer: NoteSigner,
): string {
  const leaf = JSON.parse(leaves[at] ?? '') as { detail: Rotation };
  const root = Buffer.from(treeOf(leaves.slice(0, at)).root()).toString('hex');
  const stated = { ...leaf.detail, root, by };
  const signature = Buffer.from(signer.signBytes(rotationText(ORIGIN, stated))).toString('hex');
  return canonicalize({ ...leaf, detail: { ...stated, signature } });
}

function treeOf(leaves: readonly string[]): TileTree {
  const tree = new TileTree(nodeHasher);
  for (const leaf of leaves) tree.push(nodeHasher.leaf(Buffer.from(leaf)), []);
  return tree;
}

/** A log of less than one tile, as whoever has the keys can write it. */
function forge(leaves: readonly string[], sign: (text: string) => string): LogSource {
  const tree = treeOf(leaves);
  const { size } = tree;
  const files: Record<string, Uint8Array> = {
    checkpoint: Buffer.from(sign(formatCheckpoint({ origin: ORIGIN, size, root: tree.root() }))),
    [tilePath('entries', 0, size)]: encodeBundle(leaves.map((leaf) => Buffer.from(leaf))),
    [tilePath(0, 0, size)]: Buffer.concat(tree.partial()[0]?.hashes ?? []),
  };
  return { read: async (path) => files[path] };
}

async function leavesOf(disk: MemoryDisk): Promise<string[]> {
  const leaves: string[] = [];
  for (let index = 0; ; index++) {
    const leaf = await readLeaf(sourceOf(disk), index);
    if (leaf === undefined) return leaves;
    leaves.push(leaf);
  }
}

describe('a log from before epochs', () => {
  const golden = JSON.parse(
    readFileSync(new URL('./golden/before-epochs.json', import.meta.url), 'utf8'),
  ) as { verifierKey: string; checkpoint: string; files: Record<string, string> };
  const { verifierKey, checkpoint } = golden;
  const restored = (): MemoryDisk => {
    const disk = new MemoryDisk();
    for (const [path, base64] of Object.entries(golden.files)) {
      disk.put(path, Buffer.from(base64, 'base64'));
    }
    return disk;
  };

  verifies(
    'ledger:epochs',
    async () => {
      const disk = restored();
      const before = await verifyLog(sourceOf(disk), { verifierKey });
      expect(before).toMatchObject({ status: 'unwitnessed', size: 22, epochs: 0 });
      const ledger = await run(disk, 2);
      expect(ledger.verifierKey).toBe(verifierKey);
      const after = await verifyLog(sourceOf(disk), { verifierKey, checkpoint });
      expect(after).toMatchObject({ status: 'ok', epochs: 1, recovered: [] });
      // Both entries that its killed writer had acknowledged, with their content.
      const leaves = await leavesOf(disk);
      expect(leaves.filter((leaf) => /"n":10[01]/.test(leaf))).toHaveLength(2);
      expect(disk.paths().filter((path) => path.includes('/vault/'))).toHaveLength(2);
    },
    { case: 'a log from before goes on' },
  );
});
