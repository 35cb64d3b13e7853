/**
 * Pruning: whole bundles of entries go, hash tiles stay. What will stand in the log's `pruned` file
 * is staged beside the writer's state before the entry about it is written, so that a stop in
 * between is ended at the next start: with the entry the bundles go, without it nothing does.
 */
import { CodedError, equalBytes, LIMITS } from '@spoor/core';
import { type Disk, folderOf } from './disk.ts';
import { replaceFile, syncFolder } from './durable.ts';
import { logOn } from './folder.ts';
import { nodeHasher } from './publish.ts';
import { decodeBundle, splitTile, TILE_WIDTH, tilePath } from './tree/tile.ts';
import {
  formatPruned,
  PRUNED,
  type Pruned,
  parsePruned,
  readPruned,
  states,
  staysKept,
} from './verify/pruned.ts';
import { readLeafAt } from './verify/source.ts';

export interface PruneFolders {
  readonly disk: Disk;
  readonly dir: string;
  readonly stateDir: string;
}

/** What goes below a minimum, and what is kept of it. */
export interface Pruning extends Pruned {
  readonly bytes: Uint8Array;
  /** The minimum before. */
  readonly from: number;
}

const stagePath = (stateDir: string): string => `${stateDir}/pruning`;

/**
 * Reads all that would go, and holds it to its hashes: pruning must not wash away what was changed.
 *
 * @param minimum A multiple of 256 within the published tree.
 * @throws CodedError LEDGER_TAMPERED, LEDGER_PRUNE_REFUSED
 */
export async function planPrune(
  { disk, dir }: PruneFolders,
  minimum: number,
  atMs: number,
): Promise<Pruning> {
  const before = await readPruned(logOn(disk, dir));
  const from = before?.minimum ?? 0;
  if (minimum % TILE_WIDTH !== 0 || minimum <= from) {
    throw new CodedError('LEDGER_PRUNE_REFUSED', `${minimum} after ${from}`);
  }
  const kept = new Map(before?.kept);
  for (let bundle = from / TILE_WIDTH; bundle < minimum / TILE_WIDTH; bundle++) {
    for (const [i, leaf] of (await checkedBundle(disk, dir, bundle)).entries()) {
      const text = Buffer.from(leaf).toString('latin1');
      if (staysKept(text)) kept.set(bundle * TILE_WIDTH + i, leaf);
    }
  }
  const bytes = formatPruned(minimum, atMs, kept);
  if (bytes.length > LIMITS.prunedBytesMax) {
    throw new CodedError('LEDGER_PRUNE_REFUSED', `${bytes.length} bytes would have to stay`);
  }
  const pruned = parsePruned(bytes);
  if (pruned === undefined) throw new CodedError('LEDGER_PRUNE_REFUSED', 'an entry is malformed');
  return { ...pruned, bytes, from };
}

async function checkedBundle(disk: Disk, dir: string, bundle: number): Promise<Uint8Array[]> {
  const path = tilePath('entries', bundle);
  const bytes = await disk.read(`${dir}/${path}`);
  const leaves = bytes && decodeBundle(bytes, TILE_WIDTH);
  const tile = await disk.read(`${dir}/${tilePath(0, bundle)}`);
  const hashes = tile && splitTile(tile, TILE_WIDTH);
  const holds = leaves?.every((leaf, i) =>
    equalBytes(nodeHasher.leaf(leaf), hashes?.[i] ?? new Uint8Array(0)),
  );
  if (leaves === undefined || holds !== true) throw new CodedError('LEDGER_TAMPERED', path);
  return leaves;
}

/** @param size Entries published: the one about the pruning comes at that index or later. */
export async function stagePrune(
  { disk, stateDir }: PruneFolders,
  { bytes, from }: Pruning,
  size: number,
): Promise<void> {
  const head = Buffer.from(`${size} ${from}\n`);
  await replaceFile(disk, stagePath(stateDir), Buffer.concat([head, bytes]));
}

/** Ends what was begun, if its entry is among the published ones; forgets it if not. */
export async function settlePrune(
  { disk, dir, stateDir }: PruneFolders,
  size: number,
): Promise<void> {
  const staged = await disk.read(stagePath(stateDir));
  if (staged === undefined) return;
  const found = readStaged(Buffer.from(staged));
  if (found !== undefined && (await isStated(disk, dir, found, size))) {
    // Also where it is there already: the sync of a writer that ended may have failed.
    await replaceFile(disk, `${dir}/${PRUNED}`, found.bytes);
    await removeBundles(disk, dir, found.from, found.minimum);
  }
  await disk.remove(stagePath(stateDir));
  await syncFolder(disk, stateDir);
}

interface Staged extends Pruning {
  readonly size: number;
}

function readStaged(staged: Buffer): Staged | undefined {
  const end = staged.indexOf('\n');
  const [size, from] = staged.subarray(0, end).toString().split(' ').map(Number);
  const bytes = staged.subarray(end + 1);
  const pruned = parsePruned(bytes);
  if (pruned === undefined || size === undefined || from === undefined) return undefined;
  return { ...pruned, bytes, from, size };
}

async function isStated(disk: Disk, dir: string, staged: Staged, size: number): Promise<boolean> {
  const source = remembering(disk, dir);
  for (let index = staged.size; index < size; index++) {
    const leaf = await readLeafAt(source, index, size);
    if (leaf !== undefined && states(Buffer.from(leaf).toString('latin1'), staged)) return true;
  }
  return false;
}

/** Entries of one bundle are looked at one after another. */
function remembering(disk: Disk, dir: string) {
  let last: { readonly path: string; readonly bytes: Uint8Array | undefined } | undefined;
  return {
    read: async (path: string): Promise<Uint8Array | undefined> => {
      if (last?.path !== path) last = { path, bytes: await disk.read(`${dir}/${path}`) };
      return last.bytes;
    },
  };
}

async function removeBundles(disk: Disk, dir: string, from: number, to: number): Promise<void> {
  const touched = new Set<string>();
  for (let bundle = from / TILE_WIDTH; bundle < to / TILE_WIDTH; bundle++) {
    const path = `${dir}/${tilePath('entries', bundle)}`;
    await disk.remove(path);
    touched.add(folderOf(path));
  }
  for (const folder of touched) await syncFolder(disk, folder);
}
