import { LIMITS } from './limits.ts';

/** A process id may be reused, its start time may not. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot, as /proc says; '' where unknown. */
  readonly start: string;
}

/**
 * The program that speaks for the user: the nearest ancestor that is no shell, package runner or
 * launcher.
 */
export interface HostInfo {
  readonly process: ProcessId;
  readonly name: string;
  /** All ancestors, nearest first. */
  readonly ancestors: readonly ProcessId[];
  readonly uid: number;
}

/** What a system says of a process: the texts of `/proc/PID/stat` and `/proc/PID/cmdline`. */
export type ReadProcess = (
  pid: number,
) => { readonly stat: string; readonly cmdline: string } | undefined;

/** Programs that start others and speak for nobody: the host is looked for behind them. */
const LAUNCHERS: ReadonlySet<string> = new Set([
  'ash',
  'bash',
  'bunx',
  'busybox',
  'cmd',
  'dash',
  'env',
  'fish',
  'ksh',
  'nice',
  'nohup',
  'npm',
  'npx',
  'pnpm',
  'powershell',
  'pwsh',
  'setsid',
  'sh',
  'spoor',
  'stdbuf',
  'strace',
  'sudo',
  'tcsh',
  'time',
  'timeout',
  'uv',
  'uvx',
  'xargs',
  'yarn',
  'zsh',
]);
/** Scripts that make an interpreter a launcher. */
const LAUNCHER_SCRIPTS = /(^|[\\/])(npm|npx|npm-cli|npx-cli|pnpm|yarn|spoor)(\.[cm]?js)?$/;

interface Process extends ProcessId {
  readonly parent: number;
  readonly name: string;
  readonly launcher: boolean;
}

/**
 * Who started a process, seen through shells and package runners.
 *
 * @param parent Its parent's id.
 */
export function hostAbove(parent: number, uid: number, read: ReadProcess): HostInfo {
  const ancestors = ancestorsOf(parent, read);
  // Process 1 is everybody's ancestor and nobody's host.
  const host = ancestors.find((one) => !one.launcher && one.pid > 1) ?? ancestors[0];
  return {
    process: host === undefined ? { pid: parent, start: '' } : idOf(host),
    name: host?.name ?? 'unknown',
    ancestors: ancestors.map(idOf),
    uid,
  };
}

/** A program that speaks for the user itself, with a name that says which it is. */
export function hostItself(pid: number, name: string, uid: number, read: ReadProcess): HostInfo {
  const [self, ...above] = ancestorsOf(pid, read);
  const process = self === undefined ? { pid, start: '' } : idOf(self);
  return { process, name: safeProgram(name), ancestors: [process, ...above.map(idOf)], uid };
}

/** The identity of a process that runs, or undefined. */
export function identityOf(pid: number, read: ReadProcess): ProcessId | undefined {
  const found = readProcess(pid, read);
  return found === undefined ? undefined : idOf(found);
}

/** The name of a process that runs, or undefined. */
export const nameOfProcess = (pid: number, read: ReadProcess): string | undefined =>
  readProcess(pid, read)?.name;

const idOf = ({ pid, start }: Process): ProcessId => ({ pid, start });

function ancestorsOf(pid: number, read: ReadProcess): Process[] {
  const found: Process[] = [];
  for (let at = pid; at > 0 && found.length < LIMITS.ancestorsMax; ) {
    const next = readProcess(at, read);
    if (next === undefined) break;
    found.push(next);
    at = next.parent;
  }
  return found;
}

function readProcess(pid: number, read: ReadProcess): Process | undefined {
  const texts = read(pid);
  if (texts === undefined) return undefined;
  const { stat, cmdline } = texts;
  // The name stands in parentheses and may itself hold parentheses: the last one closes it.
  const close = stat.lastIndexOf(')');
  const fields = stat.slice(close + 2).split(' ');
  const words = cmdline.split('\0');
  const first = programOf(words[0] ?? '') || stat.slice(stat.indexOf('(') + 1, close);
  return {
    pid,
    parent: Number(fields[1]),
    start: fields[19] ?? '',
    name: safeProgram(first),
    launcher:
      LAUNCHERS.has(first.replace(/^-/, '')) ||
      words.slice(1, 3).some((word) => LAUNCHER_SCRIPTS.test(word)),
  };
}

/**
 * A package runner puts its whole command line, paths and all, where its name should be: `npm exec
 * spoor run -- node /srv/index.js` is `npm`.
 */
function programOf(word: string): string {
  const [first = ''] = word.split(' ');
  return LAUNCHERS.has(first) ? first : (word.split(/[\\/]/).at(-1)?.split(' ')[0] ?? '');
}

const safeProgram = (name: string): string =>
  name.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 64) || 'unknown';
