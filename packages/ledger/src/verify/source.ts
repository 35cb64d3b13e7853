/** Reading a published log, wherever it lies. */
import { CodedError } from '@spoor/core';
import { parseCheckpoint } from '../checkpoint.ts';
import { decodeBundle, splitTile, TILE_WIDTH, tilePath, tileWidth } from '../tree/tile.ts';
import { type Pruned, readPruned } from './pruned.ts';

export interface LogSource {
  /** @param path Relative to the log: `checkpoint`, `tile/…`. Undefined where it does not exist. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/**
 * Hashes of one tile of a tree of that size. Where the partial tile has been superseded, the full
 * one holds the same hashes first.
 */
export async function readTile(
  source: LogSource,
  level: number,
  index: number,
  size: number,
): Promise<Uint8Array[] | undefined> {
  const width = tileWidth(level, index, size);
  const bytes = await source.read(tilePath(level, index, width));
  if (bytes !== undefined) return splitTile(bytes, width);
  const full = await source.read(tilePath(level, index));
  return full && splitTile(full, TILE_WIDTH)?.slice(0, width);
}

/**
 * A leaf's bytes, as they are stored, of a log of that size. Undefined where there is none, and
 * where it was pruned.
 */
export async function readLeafAt(
  source: LogSource,
  index: number,
  size: number,
): Promise<Uint8Array | undefined> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return undefined;
  const bundle = Math.floor(index / TILE_WIDTH);
  const width = tileWidth('entries', bundle, size);
  const bytes = await source.read(tilePath('entries', bundle, width));
  if (bytes !== undefined) return decodeBundle(bytes, width)?.[index % TILE_WIDTH];
  return (await readPruned(source))?.kept.get(index);
}

export interface ReadLeaf {
  readonly index: number;
  readonly leaf: string;
}

/**
 * All leaves of a published log, in order; of those that were pruned, the ones that are kept.
 * Nothing is proved by it.
 *
 * @throws CodedError LEDGER_UNREADABLE where a bundle is missing or malformed
 */
export async function* readLeaves(source: LogSource, from: number = 0): AsyncGenerator<ReadLeaf> {
  const size = (await publishedSize(source)) ?? 0;
  let minimum = (await readPruned(source))?.minimum ?? 0;
  for (let first = from; first < size; first = (Math.floor(first / TILE_WIDTH) + 1) * TILE_WIDTH) {
    let leaves = first < minimum ? undefined : await bundleOf(source, first, size);
    if (leaves === undefined) {
      // Pruned, perhaps since the last look.
      const pruned = await readPruned(source);
      minimum = pruned?.minimum ?? 0;
      leaves = keptOf(pruned, first);
    }
    for (const [index, leaf] of leaves)
      if (index >= from) yield { index, leaf: new TextDecoder().decode(leaf) };
  }
}

type Numbered = readonly (readonly [index: number, leaf: Uint8Array])[];

async function bundleOf(
  source: LogSource,
  first: number,
  size: number,
): Promise<Numbered | undefined> {
  const bundle = Math.floor(first / TILE_WIDTH);
  const width = tileWidth('entries', bundle, size);
  const bytes = await source.read(tilePath('entries', bundle, width));
  const leaves = bytes && decodeBundle(bytes, width);
  return leaves?.map((leaf, at) => [bundle * TILE_WIDTH + at, leaf]);
}

function keptOf(pruned: Pruned | undefined, first: number): Numbered {
  if (pruned === undefined || first >= pruned.minimum) {
    throw new CodedError('LEDGER_UNREADABLE', `entry ${first}`);
  }
  const bundle = Math.floor(first / TILE_WIDTH) * TILE_WIDTH;
  const indexes = Array.from({ length: TILE_WIDTH }, (_, at) => bundle + at);
  return indexes.flatMap((index) => {
    const leaf = pruned.kept.get(index);
    return leaf === undefined ? [] : [[index, leaf] as const];
  });
}

/** Entries that the checkpoint states, which is not checked; undefined where there is none. */
export async function publishedSize(source: LogSource): Promise<number | undefined> {
  const text = new TextDecoder().decode(await source.read('checkpoint'));
  return parseCheckpoint(text.slice(0, text.indexOf('\n\n') + 1))?.size;
}

/**
 * A leaf's text out of a published log. Nothing is proved by it: check it with `verifyLog`, or an
 * inclusion proof under a verified checkpoint.
 */
export async function readLeaf(source: LogSource, index: number): Promise<string | undefined> {
  const size = await publishedSize(source);
  const leaf = size === undefined ? undefined : await readLeafAt(source, index, size);
  return leaf && new TextDecoder().decode(leaf);
}
