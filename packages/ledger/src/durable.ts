/** Steps that end on the disk itself. After a failed sync nobody knows what the disk holds. */
import { CodedError } from '@spoor/core';
import { type Disk, type DiskFile, folderOf } from './disk.ts';

/** @throws CodedError LEDGER_WRITE_FAILED, which ends the writer: a sync is never tried again. */
export async function syncFile(file: DiskFile): Promise<void> {
  try {
    await file.sync();
  } catch (error) {
    throw new CodedError('LEDGER_WRITE_FAILED', 'a sync failed', error);
  }
}

/**
 * Writes to a file whose writes are durable. A disk without room is tried again, with the same
 * bytes at the same place; after any other failure nobody knows what the disk holds.
 *
 * @throws CodedError LEDGER_WRITE_FAILED, which ends the writer
 */
export async function writeFile(file: DiskFile, bytes: Uint8Array, offset: number): Promise<void> {
  try {
    await file.write(bytes, offset);
  } catch (error) {
    if (FULL.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new CodedError('LEDGER_WRITE_FAILED', 'a durable write failed', error);
  }
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** @throws CodedError LEDGER_WRITE_FAILED */
export async function syncFolder(disk: Disk, path: string): Promise<void> {
  try {
    await disk.syncFolder(path);
  } catch (error) {
    throw new CodedError('LEDGER_WRITE_FAILED', 'a sync of a folder failed', error);
  }
}

/** Old content or new content, never a mixture, whenever the machine stops; durable on return. */
export async function replaceFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  await stageFile(disk, path, bytes);
  await syncFolder(disk, folderOf(path));
}

/** As {@link replaceFile}, but the caller syncs the folder. */
async function stageFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  await stageFiles(disk, [[path, bytes]]);
}

/**
 * Several at once: all are written before the first is synced, so that the disk takes them together
 * and has less to do for each. At most {@link STAGED_MAX} of them, since each stays open meanwhile.
 */
export async function stageFiles(
  disk: Disk,
  files: readonly (readonly [path: string, bytes: Uint8Array])[],
): Promise<void> {
  const open: DiskFile[] = [];
  try {
    for (const [path, bytes] of files) {
      const file = await disk.open(`${path}.tmp`);
      open.push(file);
      await file.truncate(0);
      await file.write(bytes, 0);
    }
    for (const file of open) await syncFile(file);
  } finally {
    for (const file of open) await file.close();
  }
  for (const [path] of files) await disk.rename(`${path}.tmp`, path);
}

/** Files that are staged at once. */
export const STAGED_MAX = 8;

/** Makes a folder so that its name and those above it survive; `known` remembers what was made. */
export async function makeDurableFolder(
  disk: Disk,
  path: string,
  known: Set<string>,
): Promise<void> {
  if (known.has(path)) return;
  const above = folderOf(path);
  if (above !== path) await makeDurableFolder(disk, above, known);
  await disk.makeFolder(path);
  if (above !== path) await syncFolder(disk, above);
  known.add(path);
}
