import { lstatSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { parseStops, type ReadProcess } from '@spoor/core';

/** Where a hub is met: its socket, and the token that only its own user can read. */
export interface Place {
  readonly socket: string;
  readonly token: string;
}

/** The user's own state folder, as the XDG base directory specification names it. */
export function ownFolder(env: NodeJS.ProcessEnv): string {
  const state = env.XDG_STATE_HOME;
  const base =
    state !== undefined && isAbsolute(state) ? state : join(homedir(), '.local', 'state');
  return resolve(env.SPOOR_HOME || join(base, 'spoor'));
}

/** Undefined where no hub has written down where it is, or the folder is not ours alone. */
export function findHub(folder: string): Place | undefined {
  try {
    if (!isPrivate(folder)) return undefined;
    const address: unknown = JSON.parse(readFileSync(join(folder, 'hub.json'), 'utf8'));
    const { socket } = address as { readonly socket?: unknown };
    const token = readFileSync(join(folder, 'token'), 'utf8').trim();
    return typeof socket === 'string' && token !== '' ? { socket, token } : undefined;
  } catch {
    return undefined;
  }
}

/** What the last hub left of stops: undefined where the file cannot be believed. */
export function readStops(folder: string): ReturnType<typeof parseStops> {
  try {
    return parseStops(readFileSync(join(folder, 'stops.json'), 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : undefined;
  }
}

/** Content goes to whoever listens there. */
function isPrivate(folder: string): boolean {
  const stat = lstatSync(folder);
  const uid = process.getuid?.();
  if (!stat.isDirectory()) return false;
  return uid === undefined || (stat.uid === uid && (stat.mode & 0o077) === 0);
}

/** Linux says it; elsewhere only process ids are known. */
export const readProcess: ReadProcess = (pid) => {
  try {
    return {
      stat: readFileSync(`/proc/${pid}/stat`, 'utf8'),
      cmdline: readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    };
  } catch {
    return undefined;
  }
};
