import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A reader of small logs, written from https://c2sp.org/tlog-tiles and RFC 6962 alone: none of our
 * code reads here what our code wrote.
 */
export interface Log {
  readonly size: number;
  /** As the checkpoint states it, Base64. */
  readonly root: string;
  readonly leaves: readonly Buffer[];
  /** Hashes of the leaves, as the tiles of level 0 state them. */
  readonly hashes: readonly Buffer[];
}

const WIDTH = 256;
const HASH_BYTES = 32;

export const leafHash = (leaf: Buffer): Buffer =>
  createHash('sha256').update('\0').update(leaf).digest();

/** RFC 6962 §2.1. */
export function treeHash(hashes: readonly Buffer[]): Buffer {
  const [only = createHash('sha256').digest()] = hashes;
  if (hashes.length < 2) return only;
  let half = 1;
  while (half * 2 < hashes.length) half *= 2;
  const [left, right] = [treeHash(hashes.slice(0, half)), treeHash(hashes.slice(half))];
  return createHash('sha256').update('\x01').update(left).update(right).digest();
}

/** A log of at most a thousand times 256 entries. */
export function readLog(folder: string): Log {
  const [, sizeText = '0', root = ''] = readFileSync(join(folder, 'checkpoint'), 'utf8').split(
    '\n',
  );
  const size = Number(sizeText);
  const tiles = (level: string): Buffer[] =>
    Array.from({ length: Math.ceil(size / WIDTH) }, (_, n) => {
      const width = Math.min(WIDTH, size - n * WIDTH);
      const name = String(n).padStart(3, '0') + (width < WIDTH ? `.p/${width}` : '');
      return readFileSync(join(folder, 'tile', level, name));
    });
  return {
    size,
    root,
    leaves: tiles('entries').flatMap(entriesOf),
    hashes: tiles('0').flatMap((tile) =>
      Array.from({ length: tile.length / HASH_BYTES }, (_, n) =>
        tile.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES),
      ),
    ),
  };
}

/** Each entry has its length in front, sixteen bits, big-endian. */
function entriesOf(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle.readUInt16BE(at);
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
