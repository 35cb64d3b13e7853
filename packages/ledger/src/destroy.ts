/**
 * Writing over what must not be found again. It reaches what lay in the file where the file system
 * writes in place; copies that a disk or a snapshot keeps are out of reach of any program.
 */
import { type Disk, type DiskFile, folderOf } from './disk.ts';
import { syncFile, syncFolder } from './durable.ts';

const ZEROS = new Uint8Array(1_048_576);

/** Zeros over the first `length` bytes; durable on return. */
async function overwrite(file: DiskFile, length: number): Promise<void> {
  for (let at = 0; at < length; at += ZEROS.length)
    await file.write(ZEROS.subarray(0, Math.min(ZEROS.length, length - at)), at);
  await syncFile(file);
}

/** Overwrites a file and leaves it empty. One that is not there is made. */
export async function emptyFile(disk: Disk, path: string): Promise<void> {
  const file = await disk.open(path);
  try {
    await overwrite(file, await file.size());
    await file.truncate(0);
    await syncFile(file);
  } finally {
    await file.close();
  }
}

/** Overwrites a file and removes it, so that what is freed holds nothing of it. */
export async function destroyFile(disk: Disk, path: string): Promise<void> {
  const file = await disk.open(path);
  try {
    await overwrite(file, await file.size());
  } finally {
    await file.close();
  }
  await disk.remove(path);
}

/**
 * Puts other bytes in the place of a file, and overwrites the old ones: the new file stands before
 * the old one goes, so a stop leaves one or the other.
 */
export async function exchangeFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const next = `${path}.tmp`;
  const old = await disk.open(path);
  try {
    const file = await disk.open(next);
    try {
      await file.truncate(0);
      await file.write(bytes, 0);
      await syncFile(file);
    } finally {
      await file.close();
    }
    await disk.rename(next, path);
    await syncFolder(disk, folderOf(path));
    await overwrite(old, await old.size());
  } finally {
    await old.close();
  }
}
