/** Where C2SP's tlog-tiles puts hashes and entries. */
import { HASH_BYTES } from './hasher.ts';

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;

export type TileLevel = number | 'entries';

/**
 * `tile/0/x001/x234/067`, `tile/entries/000.p/7`: three digits per part, the width where partial.
 */
export function tilePath(level: TileLevel, index: number, width: number = TILE_WIDTH): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/\d{3}/g) ?? [];
  const path = parts.map((part, i) => (i < parts.length - 1 ? `x${part}` : part)).join('/');
  const suffix = width === TILE_WIDTH ? '' : `.p/${width}`;
  return `tile/${level}/${path}${suffix}`;
}

/** Number of hashes on a level of a tree; entries count as level 0. */
export function levelSize(level: TileLevel, treeSize: number): number {
  return level === 'entries' ? treeSize : Math.floor(treeSize / TILE_WIDTH ** level);
}

/** How wide that tile is in a tree of that size: 256 where full, 0 where it does not exist. */
export function tileWidth(level: TileLevel, index: number, treeSize: number): number {
  const left = levelSize(level, treeSize) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, left));
}

/** Returns undefined where the bytes are not that many hashes exactly. */
export function splitTile(bytes: Uint8Array, width: number): Uint8Array[] | undefined {
  if (bytes.length !== width * HASH_BYTES) return undefined;
  return Array.from({ length: width }, (_, i) =>
    bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}

/** An entry bundle: each leaf after its length, in two bytes, big endian. */
export function encodeBundle(leaves: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(leaves.reduce((sum, leaf) => sum + 2 + leaf.length, 0));
  let at = 0;
  for (const leaf of leaves) {
    bundle[at] = leaf.length >> 8;
    bundle[at + 1] = leaf.length & 0xff;
    bundle.set(leaf, at + 2);
    at += 2 + leaf.length;
  }
  return bundle;
}

/** Returns undefined where the bytes are not that many entries exactly. */
export function decodeBundle(bytes: Uint8Array, count: number): Uint8Array[] | undefined {
  const leaves: Uint8Array[] = [];
  let at = 0;
  while (leaves.length < count) {
    if (at + 2 > bytes.length) return undefined;
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    at += 2;
    if (at + length > bytes.length) return undefined;
    leaves.push(bytes.subarray(at, at + length));
    at += length;
  }
  return at === bytes.length ? leaves : undefined;
}
