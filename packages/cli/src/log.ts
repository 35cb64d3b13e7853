import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@spoor/core';
import type { LogSource } from '@spoor/ledger/verify';

/**
 * A log in a folder. A file that is not there is undefined; one that cannot be read is an error.
 */
export const readLog = (dir: string): LogSource => ({
  read: async (path) => {
    try {
      return new Uint8Array(await readFile(join(dir, path)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new CodedError('LEDGER_UNREADABLE', path, error);
    }
  },
});
