import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly process: ChildProcess;
  readonly lines: Interface;
  readonly exited: Promise<void>;
  kill(): Promise<void>;
}

/** A real process that runs a file of `support/programs`; killed with the test. */
export function startChild(program: string, ...args: string[]): Child {
  const path = new URL(`./programs/${program}`, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return exited;
  };
  onTestFinished(kill);
  return { process: child, lines: createInterface({ input: child.stdout }), exited, kill };
}

/** The next line that the child says. */
export const nextLine = ({ lines }: Child): Promise<string> =>
  new Promise((resolve) => lines.once('line', resolve));
