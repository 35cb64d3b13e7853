/** Finding out at start what is on disk, and refusing to go on where it is less than was signed. */
import { CodedError } from '@spoor/core';
import type { Disk } from './disk.ts';
import type { Leaf } from './entry.ts';
import type { SignedCheckpoint } from './lock.ts';
import { nodeHasher, requireRoot } from './publish.ts';
import { hashPrefixed, prefixLeaf } from './queue.ts';
import { decodeBundle, splitTile, TILE_WIDTH, tilePath, tileWidth } from './tree/tile.ts';
import { TileTree } from './tree/tile-tree.ts';
import type { SealedRecord } from './vault/vault.ts';
import type { KeyRecord, LeafRecord, WalRecord } from './wal/record.ts';

/** @throws CodedError LEDGER_ROLLED_BACK where the log is not the newest that was signed. */
export function checkLock(
  published: SignedCheckpoint | undefined,
  lock: SignedCheckpoint | undefined,
  cosigned: SignedCheckpoint | undefined,
): void {
  if (cosigned !== undefined && cosigned.size > (published?.size ?? -1)) {
    throw new CodedError('LEDGER_ROLLED_BACK', 'a later checkpoint was cosigned');
  }
  if (published === undefined) return;
  if (lock === undefined || lock.size < published.size) {
    throw new CodedError('LEDGER_ROLLED_BACK', 'the lock is older than the published checkpoint');
  }
  // Witnesses add lines to what is published.
  if (lock.size === published.size && !published.note.startsWith(lock.note)) {
    throw new CodedError('LEDGER_ROLLED_BACK', 'another tree of that size was signed');
  }
}

/** The right edge of the published tree, checked against its signed root. */
export async function loadTree(
  disk: Disk,
  dir: string,
  published: SignedCheckpoint | undefined,
): Promise<TileTree> {
  if (published === undefined) return new TileTree(nodeHasher);
  const { size } = published;
  const edge: Uint8Array[][] = [];
  for (let level = 0, unit = TILE_WIDTH; size >= unit / TILE_WIDTH; level++, unit *= TILE_WIDTH) {
    const index = Math.floor(size / unit);
    const width = tileWidth(level, index, size);
    edge.push(await loadTile(disk, dir, level, index, width));
  }
  const tree = new TileTree(nodeHasher, size, edge);
  requireRoot(tree, published);
  return tree;
}

async function loadTile(
  disk: Disk,
  dir: string,
  level: number,
  index: number,
  width: number,
): Promise<Uint8Array[]> {
  if (width === 0) return [];
  const path = tilePath(level, index, width);
  const bytes = await disk.read(`${dir}/${path}`);
  const hashes = bytes && splitTile(bytes, width);
  if (hashes === undefined) throw new CodedError('LEDGER_TAMPERED', path);
  return hashes;
}

/** Leaves of the bundle that is not full yet, checked against the tree's hashes. */
export async function loadTail(disk: Disk, dir: string, tree: TileTree): Promise<Uint8Array[]> {
  const width = tree.size % TILE_WIDTH;
  if (width === 0) return [];
  const path = tilePath('entries', Math.floor(tree.size / TILE_WIDTH), width);
  const bytes = await disk.read(`${dir}/${path}`);
  const leaves = bytes && decodeBundle(bytes, width);
  const hashes = tree.partial().find((tile) => tile.level === 0)?.hashes ?? [];
  const holds = leaves?.every((leaf, i) =>
    Buffer.from(nodeHasher.leaf(leaf)).equals(hashes[i] ?? new Uint8Array(0)),
  );
  if (leaves === undefined || holds !== true) throw new CodedError('LEDGER_TAMPERED', path);
  return leaves;
}

export interface Replay {
  /** Durable leaves that are not published yet, in order. */
  readonly leaves: readonly (LeafRecord & { readonly hash: Uint8Array })[];
  readonly sealed: readonly SealedRecord[];
  readonly keys: readonly KeyRecord[];
  /** Where sealed content of any of the entries lies, published or not. */
  readonly places: readonly Omit<SealedRecord, 'bytes'>[];
  /** Index of the oldest leaf in the write-ahead log, published or not. */
  readonly oldest: number;
}

/**
 * What the write-ahead log adds to the published tree.
 *
 * @throws CodedError LEDGER_ROLLED_BACK where it does not reach what was signed, or has a gap
 */
export function replay(
  records: readonly WalRecord[],
  tree: TileTree,
  lock: SignedCheckpoint | undefined,
): Replay {
  const all = records.filter((record) => record.type === 'leaf');
  const fresh = all.filter(({ index }) => index >= tree.size);
  if (fresh.some(({ index }, i) => index !== tree.size + i)) {
    throw new CodedError('LEDGER_ROLLED_BACK', 'the write-ahead log has a gap');
  }
  const leaves = fresh.map((record) => ({ ...record, hash: hashOf(record.leaf) }));
  checkSigned(tree.clone(), leaves, lock);
  const keys = records.filter((record) => record.type === 'key');
  const oldest = Math.min(tree.size, all[0]?.index ?? tree.size);
  const places = all.flatMap(sealedOf);
  return { leaves, sealed: fresh.flatMap(sealedOf), keys, places, oldest };
}

const hashOf = (leaf: Buffer): Uint8Array =>
  Buffer.from(hashPrefixed(prefixLeaf(leaf.toString('latin1'))), 'hex');

function checkSigned(
  tree: TileTree,
  leaves: Replay['leaves'],
  lock: SignedCheckpoint | undefined,
): void {
  if (lock === undefined) return;
  for (const leaf of leaves.slice(0, lock.size - tree.size)) tree.push(leaf.hash, []);
  if (tree.size < lock.size) {
    const detail = `${lock.size} entries were signed, ${tree.size} are left`;
    throw new CodedError('LEDGER_ROLLED_BACK', detail);
  }
  requireRoot(tree, lock);
}

function sealedOf({ leaf, sealed }: LeafRecord): SealedRecord[] {
  const { session = '', content = [] }: Leaf = JSON.parse(leaf.toString('latin1'));
  return sealed.map((bytes, i) => ({ session, kek: content[i]?.kek ?? '', bytes }));
}
