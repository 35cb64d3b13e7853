/** Reading a published log, wherever it lies. */
import { parseCheckpoint } from '../checkpoint.ts';
import { decodeBundle, splitTile, TILE_WIDTH, tilePath, tileWidth } from '../tree/tile.ts';

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

/** A leaf's bytes, as they are stored, of a log of that size. Undefined where there is none. */
export async function readLeafAt(
  source: LogSource,
  index: number,
  size: number,
): Promise<Uint8Array | undefined> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return undefined;
  const bundle = Math.floor(index / TILE_WIDTH);
  const width = tileWidth('entries', bundle, size);
  const bytes = await source.read(tilePath('entries', bundle, width));
  return bytes && decodeBundle(bytes, width)?.[index % TILE_WIDTH];
}

/**
 * A leaf's text out of a published log. Nothing is proved by it: check it with `verifyLog`, or an
 * inclusion proof under a verified checkpoint.
 */
export async function readLeaf(source: LogSource, index: number): Promise<string | undefined> {
  const note = await source.read('checkpoint');
  const text = new TextDecoder().decode(note);
  const checkpoint = parseCheckpoint(text.slice(0, text.indexOf('\n\n') + 1));
  const leaf = checkpoint && (await readLeafAt(source, index, checkpoint.size));
  return leaf && new TextDecoder().decode(leaf);
}
