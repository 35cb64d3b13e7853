import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, sep } from 'node:path';
import { CodedError } from '@spoor/core';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What a wrapped server gets of our environment: what it would have got without us. `SPOOR_*` is
 * ours, and what a package runner put there speaks of Spoor's own package.
 */
export function serverEnvironment(env: Environment): Record<string, string> {
  const ranByNpm = env.npm_execpath !== undefined || env.npm_lifecycle_event !== undefined;
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const dropped = name.startsWith('SPOOR_') || (ranByNpm && isRunners(name));
    if (value !== undefined && !dropped) kept[name] = value;
  }
  const path = kept.PATH;
  if (ranByNpm && path !== undefined) kept.PATH = withoutRunnerFolders(path);
  return kept;
}

const isRunners = (name: string): boolean => name.startsWith('npm_') || name === 'INIT_CWD';

/** npm puts its folders in front; what stands behind the first other folder was there before. */
function withoutRunnerFolders(path: string): string {
  const folders = path.split(delimiter);
  const first = folders.findIndex(
    (folder) => !folder.endsWith(`node_modules${sep}.bin`) && !folder.endsWith('node-gyp-bin'),
  );
  return folders.slice(Math.max(first, 0)).join(delimiter);
}

export type Exit = { readonly code: number } | { readonly signal: NodeJS.Signals };

export interface Child {
  readonly process: ChildProcess & {
    readonly stdin: NonNullable<ChildProcess['stdin']>;
    readonly stdout: NonNullable<ChildProcess['stdout']>;
  };
  /**
   * Resolves when it has ended and its output is read; rejects with a CodedError when it never
   * began.
   */
  readonly exit: Promise<Exit>;
}

/** How long the output of an ended server may take to arrive. */
const LAST_OUTPUT_MS = 500;

/** Its standard error is ours: not one byte of it passes through Spoor. */
export function startChild(command: string, args: readonly string[], env: Environment): Child {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: serverEnvironment(env),
    windowsHide: true,
  });
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => reject(startError(command, error)));
    child.once('exit', (code, signal) => {
      const ended = signal === null ? { code: code ?? 0 } : { signal };
      // Its own children may hold the pipe open for ever; what it wrote itself has come by then.
      const timer = setTimeout(() => resolve(ended), LAST_OUTPUT_MS);
      child.once('close', () => {
        clearTimeout(timer);
        resolve(ended);
      });
    });
  });
  return { process: child, exit };
}

function startError(command: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT') return new CodedError('COMMAND_NOT_FOUND', command, error);
  if (error.code === 'EACCES') return new CodedError('COMMAND_NOT_EXECUTABLE', command, error);
  return error;
}
