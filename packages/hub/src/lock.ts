import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { CodedError } from '@spoor/core';

/** One hub per state folder: a file that names its process. */
export interface Lock {
  release(): void;
}

/**
 * Throws HUB_RUNNING while the process that the lock names is alive.
 *
 * @param isAlive Whether that process still runs (and is not another that got its number).
 */
export function takeLock(path: string, owner: string, isAlive: (owner: string) => boolean): Lock {
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, owner, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (tryLink(mine, path)) return { release: () => release(path, owner) };
      const holder = readOwner(path);
      if (holder !== undefined && isAlive(holder))
        throw new CodedError('HUB_RUNNING', `process ${holder}`);
      if (holder !== undefined) removeStale(path, holder);
    }
    throw new CodedError('HUB_RUNNING', 'the lock changes hands too fast');
  } finally {
    unlinkSync(mine);
  }
}

/** A hard link is made by one process only, however many try. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Between reading and renaming, another may have taken the lock: then it is put back. */
function removeStale(path: string, holder: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readOwner(aside) !== holder) tryLink(aside, path);
  unlinkSync(aside);
}

function release(path: string, owner: string): void {
  if (readOwner(path) === owner) unlinkSync(path);
}

function readOwner(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Does a process with this number run? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
