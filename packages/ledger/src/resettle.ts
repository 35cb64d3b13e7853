/**
 * After a sync has failed, a program may still read what the disk never got: the system forgets
 * that it was not written. The writer ends then, but the next one would believe those files and
 * let go of the write-ahead log. So after an unclean stop everything that the log could still bring
 * back is written anew before it is let go of.
 */
import type { Disk } from './disk.ts';
import { folderOf } from './disk.ts';
import { makeDurableFolder, replaceFile, syncFile, syncFolder } from './durable.ts';
import type { Replay } from './recover.ts';
import { levelSize, TILE_WIDTH, tilePath, tileWidth } from './tree/tile.ts';
import { keyPath, packPath } from './vault/pack.ts';

export interface ResettleOptions {
  readonly disk: Disk;
  readonly dir: string;
  readonly stateDir: string;
  readonly found: Replay;
  /** Segments of the write-ahead log: what they hold is signed next. */
  readonly segments: readonly string[];
  /** Entries that are published. */
  readonly size: number;
  /** Was a checkpoint ever signed? Before the first, the log's key itself may not be durable. */
  readonly isSigned: boolean;
}

export async function resettle(options: ResettleOptions): Promise<void> {
  const { disk, dir, stateDir, found, size, isSigned } = options;
  for (const path of options.segments) await againInPlace(disk, path);
  if (!isSigned) await again(disk, `${stateDir}/log.key`);
  for (const path of tilesFrom(found.oldest, size)) await again(disk, `${dir}/${path}`);
  await again(disk, `${stateDir}/lock`);
  await again(disk, `${dir}/checkpoint`);
  const packs = new Set(found.places.map(({ session, kek }) => packPath(session, kek)));
  for (const path of packs) await againInPlace(disk, `${dir}/${path}`);
  for (const { session, kek } of found.keys) await again(disk, `${dir}/${keyPath(session, kek)}`);
}

/** Published tiles and bundles that hold an entry from that index on. */
function tilesFrom(oldest: number, size: number): string[] {
  const paths: string[] = [];
  for (const level of ['entries', 0, 1, 2, 3, 4, 5] as const) {
    const first = Math.floor(levelSize(level, oldest) / TILE_WIDTH);
    for (let index = first; tileWidth(level, index, size) > 0; index++) {
      paths.push(tilePath(level, index, tileWidth(level, index, size)));
    }
  }
  return paths;
}

async function again(disk: Disk, path: string): Promise<void> {
  const bytes = await disk.read(path);
  if (bytes === undefined) return;
  await makeDurableFolder(disk, folderOf(path), new Set());
  await replaceFile(disk, path, bytes);
}

/** A copy would leave old bytes about, which shredding could not find any more. */
async function againInPlace(disk: Disk, path: string): Promise<void> {
  const bytes = await disk.read(path);
  if (bytes === undefined) return;
  await makeDurableFolder(disk, folderOf(path), new Set());
  const file = await disk.open(path);
  try {
    await file.write(bytes, 0);
    await syncFile(file);
  } finally {
    await file.close();
  }
  await syncFolder(disk, folderOf(path));
}
