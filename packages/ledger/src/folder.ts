import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@spoor/core';
import type { Disk } from './disk.ts';
import type { LogSource } from './verify/source.ts';

/** A log in a folder of this machine. @throws CodedError LEDGER_UNREADABLE with the file's path */
export const readLog = (dir: string): LogSource => ({
  read: async (path) => {
    try {
      return await readFile(join(dir, path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new CodedError('LEDGER_UNREADABLE', path, error);
    }
  },
});

/** The same on a disk that is given, whose errors pass as they are. */
export const logOn = (disk: Pick<Disk, 'read'>, dir: string): LogSource => ({
  read: (path) => disk.read(`${dir}/${path}`),
});
