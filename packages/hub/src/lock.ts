import { DatabaseSync } from 'node:sqlite';
import { CodedError, type ErrorCode } from '@spoor/core';

/** One process per state folder. */
export interface Lock {
  release(): void;
}

/**
 * Throws HUB_RUNNING, or the code that is given, while another process holds the lock,
 * STORE_UNAVAILABLE where the file is none.
 *
 * SQLite is the portable way to a lock of the operating system that Node has. The kernel gives it
 * back however its holder dies, so no process number has to be believed, and none that was given
 * out again after a restart of the machine can keep the hub away. The file stays: removing a lock
 * file is what makes two holders possible.
 *
 * @param holder Says who holds it, for the message.
 */
export function takeLock(
  path: string,
  holder: () => string,
  taken: ErrorCode = 'HUB_RUNNING',
): Lock {
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    const busy = (error as { readonly errcode?: number }).errcode === SQLITE_BUSY;
    throw busy
      ? new CodedError(taken, holder(), error)
      : new CodedError('STORE_UNAVAILABLE', path, error);
  }
  HELD.add(db);
  return {
    release: () => {
      // Twice where a start fails half-way, and what it has begun is stopped.
      if (HELD.delete(db)) db.close();
    },
  };
}

const SQLITE_BUSY = 5;

/** A lock that its holder has forgotten is held all the same, until the process ends. */
const HELD = new Set<DatabaseSync>();

/** Does a process with this number run? */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
