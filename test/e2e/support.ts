import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const at = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export const NODE: string = process.execPath;
export const LAUNCHER: string = at('../../packages/cli/bin/spoor.mjs');
export const FIXTURES: string = at('../fixtures');
export const EXAMPLES: string = at('../../examples');

export type Piped = ChildProcessByStdio<Writable, Readable, Readable>;

/** A state folder and HOME of a test's own, removed with everything that was started in it. */
export class World {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'spoor-test-'));
  readonly state: string = join(this.folder, 'state');
  readonly env: Record<string, string>;
  readonly #running = new Set<Piped>();

  /** @param whenDone Registers what is done at the end: of the test, unless told otherwise. */
  constructor(
    env: Readonly<Record<string, string>> = {},
    whenDone: (end: () => Promise<void>) => void = onTestFinished,
  ) {
    const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
    this.env = {
      PATH,
      NODE_COMPILE_CACHE,
      HOME: this.folder,
      SPOOR_HOME: this.state,
      SPOOR_PORT: '0',
      SPOOR_AUTOSTART: 'false',
      // Tests share two cores with each other: a late answer is not what they are about.
      SPOOR_BUDGET_MS: '5000',
      ...env,
    };
    whenDone(() => this.close());
  }

  /** Starts `spoor` with these words. */
  spoor(...words: string[]): Piped {
    return this.start([NODE, LAUNCHER, ...words]);
  }

  start([command = '', ...args]: readonly string[]): Piped {
    const child = spawn(command, args, {
      env: this.env,
      cwd: this.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    // A child that is gone while we still write to it is what some tests are about.
    child.stdin.on('error', () => undefined);
    return child;
  }

  /** Runs `spoor` to its end. */
  call(...words: string[]): {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  } {
    const { status, stdout, stderr } = spawnSync(NODE, [LAUNCHER, ...words], {
      env: this.env,
      cwd: this.folder,
      encoding: 'utf8',
      timeout: 120_000,
    });
    return { code: status, stdout, stderr };
  }

  async hub(...flags: string[]): Promise<Piped> {
    const child = this.spoor('hub', 'start', '--background', ...flags);
    const line = await Promise.race([firstLine(child), once(child, 'exit').then(() => 'exit')]);
    if (!line.includes('listening'))
      throw new Error(`the hub did not start: ${line} ${await all(child.stderr)}`);
    return child;
  }

  /** The hub's API as command-line clients use it. */
  async api<Value>(path: string, body?: object): Promise<Value> {
    const { readHubAddress, readToken, locateHome } = await import('@spoor/edge/home');
    const home = locateHome(this.env);
    // Not `fetch`, which keeps connections: while a command blocks this process, the hub closes
    // them, and nobody sees it before the next request has failed.
    const asked = request(`${readHubAddress(home)?.url}/api/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${readToken(home)}` },
      agent: false,
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return JSON.parse(Buffer.concat(await response.toArray()).toString()) as Value;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((child) => kill(child)));
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

export async function kill(child: Piped, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

export async function all(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

export const firstLine = (child: Piped): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end < 0) return;
      child.stdout.off('data', read);
      resolve(text.slice(0, end));
    };
    child.stdout.on('data', read);
  });

export const ending = async (
  child: Piped,
): Promise<{ code: number | null; signal: string | null }> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, signal: child.signalCode };
};

/** How long something took, beside what came of it. */
export async function timed<Value>(
  work: () => Promise<Value> | Value,
): Promise<{ readonly value: Value; readonly ms: number }> {
  const start = performance.now();
  const value = await work();
  return { value, ms: performance.now() - start };
}

/** Asks until the answer is as wanted; throws what was last seen when it never is. */
export async function until<Value>(
  ask: () => Promise<Value> | Value,
  wanted: (value: Value) => boolean,
  ms = 30_000,
): Promise<Value> {
  const end = performance.now() + ms;
  for (;;) {
    const value = await ask();
    if (wanted(value)) return value;
    if (performance.now() > end)
      throw new Error(`never came: ${JSON.stringify(value)?.slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
