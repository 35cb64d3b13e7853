import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { LIMITS } from '@spoor/core';
import type { HostInfo, ProcessId } from '@spoor/edge/wire';

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
 * Who started this process, seen through shells and package runners. Linux; elsewhere only the
 * parent's id.
 */
export const findHost = (): HostInfo => hostOf(process.ppid);

/** The host that a process belongs to: itself, or who started it. */
export function hostOf(pid: number): HostInfo {
  const ancestors = ancestorsOf(pid);
  // Process 1 is everybody's ancestor and nobody's host.
  const host = ancestors.find((one) => !one.launcher && one.pid > 1) ?? ancestors[0];
  return {
    process: host === undefined ? { pid, start: '' } : idOf(host),
    name: host?.name ?? 'unknown',
    ancestors: ancestors.map(idOf),
    uid: process.getuid?.() ?? 0,
  };
}

/** The identity of a process that runs, or undefined. */
export function identify(pid: number): ProcessId | undefined {
  const found = readProcess(pid);
  return found === undefined ? undefined : idOf(found);
}

const idOf = ({ pid, start }: Process): ProcessId => ({ pid, start });

function ancestorsOf(pid: number): Process[] {
  const found: Process[] = [];
  for (let at = pid; at > 0 && found.length < LIMITS.ancestorsMax; ) {
    const next = readProcess(at);
    if (next === undefined) break;
    found.push(next);
    at = next.parent;
  }
  return found;
}

function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may itself hold parentheses: the last one closes it.
    const close = stat.lastIndexOf(')');
    const fields = stat.slice(close + 2).split(' ');
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
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
  } catch {
    return undefined;
  }
}

/**
 * A package runner puts its whole command line, paths and all, where its name should be: `npm exec
 * spoor run -- node /srv/index.js` is `npm`.
 */
function programOf(word: string): string {
  const [first = ''] = word.split(' ');
  return LAUNCHERS.has(first) ? first : (basename(word).split(' ')[0] ?? '');
}

const safeProgram = (name: string): string =>
  name.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 64) || 'unknown';
