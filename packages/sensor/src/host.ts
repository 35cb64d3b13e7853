import { readFileSync } from 'node:fs';
import {
  type HostInfo,
  hostAbove,
  identityOf,
  nameOfProcess,
  type ProcessId,
  type ReadProcess,
} from '@spoor/core';

/** Linux says it; elsewhere only the parent's id is known. */
const read: ReadProcess = (pid) => {
  try {
    return {
      stat: readFileSync(`/proc/${pid}/stat`, 'utf8'),
      cmdline: readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    };
  } catch {
    return undefined;
  }
};

/** Who started this process. */
export const findHost = (): HostInfo => hostOf(process.ppid);

/** The host that a process belongs to: itself, or who started it. */
export const hostOf = (pid: number): HostInfo => hostAbove(pid, process.getuid?.() ?? 0, read);

/** The identity of a process that runs, or undefined. */
export const identify = (pid: number): ProcessId | undefined => identityOf(pid, read);

/** The process above one, with its name; undefined where nobody says it. */
export function parentOf(pid: number): { readonly pid: number; readonly name: string } | undefined {
  const above = hostAbove(pid, 0, read).ancestors[1];
  const found = above === undefined ? undefined : nameOfProcess(above.pid, read);
  return above === undefined || found === undefined ? undefined : { pid: above.pid, name: found };
}
