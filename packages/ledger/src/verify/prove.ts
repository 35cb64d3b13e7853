/** Proofs out of a published log's tiles, RFC 6962 §2.1.1 and §2.1.2. */
import { assert, CodedError } from '@spoor/core';
import { foldRow } from '../tree/hasher.ts';
import {
  type Consistency,
  checkConsistency,
  checkInclusion,
  type Inclusion,
} from '../tree/proof.ts';
import { TILE_WIDTH } from '../tree/tile.ts';
import { hasher } from './hash.ts';
import { type LogSource, readTile } from './source.ts';

/** Levels of a tree that one tile spans. */
const TILE_HEIGHT = 8;

/**
 * @param size A size of the log, published or passed: its complete subtrees never change again.
 * @throws CodedError LEDGER_UNREADABLE where a tile is missing or has another length.
 */
export function inclusionProof(
  source: LogSource,
  index: number,
  size: number,
): Promise<Uint8Array[]> {
  assert(index >= 0 && index < size, 'the leaf is in the tree');
  return path(new TreeReader(source, size), index, 0, size);
}

/** Shows that the tree of `size2` begins with the whole tree of `size1`; not for an empty first. */
export async function consistencyProof(
  source: LogSource,
  size1: number,
  size2: number,
): Promise<Uint8Array[]> {
  assert(size1 > 0 && size1 <= size2, 'the first tree is no larger than the second');
  return subproof(new TreeReader(source, size2), size1, 0, size2, true);
}

export const verifyInclusion = (claim: Inclusion): boolean => checkInclusion(hasher, claim);
export const verifyConsistency = (claim: Consistency): boolean => checkConsistency(hasher, claim);

async function path(
  tree: TreeReader,
  index: number,
  from: number,
  to: number,
): Promise<Uint8Array[]> {
  if (to - from === 1) return [];
  const middle = from + largestPowerBelow(to - from);
  if (index < middle) {
    return [...(await path(tree, index, from, middle)), await tree.hash(middle, to)];
  }
  return [...(await path(tree, index, middle, to)), await tree.hash(from, middle)];
}

/** @param known Is the tree of `size1` what the checker already holds, so that it needs no hash? */
async function subproof(
  tree: TreeReader,
  size1: number,
  from: number,
  to: number,
  known: boolean,
): Promise<Uint8Array[]> {
  if (size1 === to) return known ? [] : [await tree.hash(from, to)];
  const middle = from + largestPowerBelow(to - from);
  if (size1 <= middle) {
    return [...(await subproof(tree, size1, from, middle, known)), await tree.hash(middle, to)];
  }
  return [...(await subproof(tree, size1, middle, to, false)), await tree.hash(from, middle)];
}

/** The largest power of two smaller than a count of at least two. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

class TreeReader {
  readonly #source: LogSource;
  readonly #size: number;
  // A proof climbs, so it meets at most two tiles per level.
  readonly #tiles: Map<string, Uint8Array[]> = new Map();

  constructor(source: LogSource, size: number) {
    this.#source = source;
    this.#size = size;
  }

  /** Merkle tree hash over leaves `from` to `to` (not included). */
  async hash(from: number, to: number): Promise<Uint8Array> {
    const count = to - from;
    const below = count === 1 ? 1 : largestPowerBelow(count);
    if (count === 1 || below * 2 === count) return this.#complete(from, count);
    const left = await this.hash(from, from + below);
    return hasher.node(left, await this.hash(from + below, to));
  }

  /** A complete subtree, whose hash follows from one tile. */
  async #complete(from: number, count: number): Promise<Uint8Array> {
    const level = Math.floor(Math.log2(count) / TILE_HEIGHT);
    const unit = TILE_WIDTH ** level;
    const first = from / unit;
    const index = Math.floor(first / TILE_WIDTH);
    const at = first % TILE_WIDTH;
    const hashes = await this.#tile(level, index);
    return foldRow(hasher, hashes.slice(at, at + count / unit));
  }

  async #tile(level: number, index: number): Promise<Uint8Array[]> {
    const key = `${level}/${index}`;
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    const hashes = await readTile(this.#source, level, index, this.#size);
    if (hashes === undefined) throw new CodedError('LEDGER_UNREADABLE', `tile ${key}`);
    this.#tiles.set(key, hashes);
    return hashes;
  }
}
