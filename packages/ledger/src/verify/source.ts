/** Reading a published log, wherever it lies. */
import { splitTile, TILE_WIDTH, tilePath, tileWidth } from '../tree/tile.ts';

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
