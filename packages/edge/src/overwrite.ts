import { closeSync, fstatSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';

const ZEROS = new Uint8Array(1_048_576);

/**
 * Zeros over all bytes of a file; durable on return. A file that is not there needs none. What was
 * sealed, or the prints of it, must not lie in what the disk was given back.
 */
export function overwriteFile(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    for (let at = 0; at < size; at += ZEROS.length)
      writeSync(file, ZEROS, 0, Math.min(ZEROS.length, size - at), at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Overwrites and removes. */
export function destroyFile(path: string): void {
  overwriteFile(path);
  rmSync(path, { force: true });
}
