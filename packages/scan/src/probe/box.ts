import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CodedError, LIMITS } from '@spoor/core';

/** A server as it is started: away from the user's files, variables and, if possible, network. */
export interface BoxOptions {
  readonly command: readonly string[];
  /** All that it gets: nothing of ours is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** A network of its own, in which these ports lead to these sockets; undefined for ours. */
  readonly network: Readonly<Record<number, string>> | undefined;
}

export interface Box {
  /** Once; what came before is not lost. */
  onOutput(take: (chunk: Buffer) => void): void;
  write(text: string): void;
  readonly stderr: string;
  readonly hasEnded: boolean;
  /** Resolves with why, in words. */
  readonly ended: Promise<string>;
  /** Ends the server and says what for. */
  contain(why: string): void;
  readonly contained: readonly string[];
  end(): Promise<void>;
}

const NAMESPACES = [
  '--user',
  '--map-root-user',
  '--net',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
] as const;
const LOOPBACK_UP = 'ip link set lo up && exec "$@"';

let permitted: Promise<boolean> | undefined;

/** May we give a process a network of its own here? */
export function canIsolate(): Promise<boolean> {
  permitted ??= new Promise((resolve) => {
    const args = [...NAMESPACES, 'sh', '-c', LOOPBACK_UP, 'sh', 'true'];
    execFile('unshare', args, { timeout: 5_000 }, (error) => resolve(error === null));
  });
  return permitted;
}

/** Throws SCAN_NO_ANSWER where the command cannot be started. */
export function startBox(options: BoxOptions): Box {
  const [command = '', ...args] = boxed(options);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own process group, so that what it starts ends with it.
    detached: true,
  });
  return new Boxed(child);
}

function boxed({ command, network }: BoxOptions): readonly string[] {
  if (network === undefined) return command;
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const relay = fileURLToPath(new URL(`./relay.${extension}`, import.meta.url));
  const ways = Object.entries(network).map(([port, path]) => `${port}=${path}`);
  const inside = [process.execPath, '--no-warnings', relay, ...ways, '--', ...command];
  return ['unshare', ...NAMESPACES, 'sh', '-c', LOOPBACK_UP, 'sh', ...inside];
}

const WATCH_MS = 200;
const END_MS = 1_500;

class Boxed implements Box {
  readonly contained: string[] = [];
  readonly ended: Promise<string>;
  hasEnded = false;
  readonly #child: ChildProcess;
  readonly #early: Buffer[] = [];
  readonly #errors: Buffer[] = [];
  readonly #watch: NodeJS.Timeout;
  #take: ((chunk: Buffer) => void) | undefined;
  #outputBytes = 0;
  #errorBytes = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = new Promise((resolve) => {
      const done = (why: string): void => {
        this.hasEnded = true;
        clearInterval(this.#watch);
        resolve(why);
      };
      child.once('error', (error) => done(error.message));
      child.once('close', (code, signal) => done(`it ended with ${signal ?? code}`));
    });
    this.#watch = setInterval(() => this.#count(), WATCH_MS);
    child.stdout?.on('data', (chunk: Buffer) => this.#output(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.#error(chunk));
    // A server that has gone reads nothing more; its end is told by `ended`.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on('error', () => {});
  }

  onOutput(take: (chunk: Buffer) => void): void {
    this.#take = take;
    for (const chunk of this.#early.splice(0)) take(chunk);
  }

  write(text: string): void {
    if (!this.hasEnded && this.#child.stdin?.writable === true) this.#child.stdin.write(text);
  }

  get stderr(): string {
    return Buffer.concat(this.#errors).toString('utf8');
  }

  contain(why: string): void {
    if (!this.contained.includes(why)) this.contained.push(why);
    this.#kill();
  }

  async end(): Promise<void> {
    if (this.hasEnded) return;
    this.#child.stdin?.end();
    const late = setTimeout(() => this.#kill(), END_MS);
    await this.ended;
    clearTimeout(late);
    // What it left behind in its group ends too.
    this.#kill();
  }

  #output(chunk: Buffer): void {
    this.#outputBytes += chunk.length;
    if (this.#outputBytes > LIMITS.scanOutputBytesMax) {
      this.contain(`more than ${LIMITS.scanOutputBytesMax} bytes of output`);
      return;
    }
    if (this.#take === undefined) this.#early.push(chunk);
    else this.#take(chunk);
  }

  #error(chunk: Buffer): void {
    this.#errorBytes += chunk.length;
    if (this.#errorBytes <= LIMITS.scanNoiseBytesMax) this.#errors.push(chunk);
    else if (this.#errorBytes > LIMITS.scanOutputBytesMax)
      this.contain(`more than ${LIMITS.scanOutputBytesMax} bytes on standard error`);
  }

  #count(): void {
    const { pid } = this.#child;
    if (pid === undefined || process.platform !== 'linux') return;
    const { processes, bytes } = usageBelow(pid);
    if (processes > LIMITS.scanProcessesMax)
      this.contain(`more than ${LIMITS.scanProcessesMax} processes`);
    if (bytes > LIMITS.scanMemoryBytesMax)
      this.contain(`more than ${LIMITS.scanMemoryBytesMax} bytes of memory`);
  }

  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      // The group has gone already.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

interface Usage {
  readonly processes: number;
  readonly bytes: number;
}

/** Of a process and all below it, by what each says of its parent. */
function usageBelow(pid: number): Usage {
  const children = new Map<number, number[]>();
  const pages = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
    if (stat === undefined) continue;
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
    pages.set(Number(name), stat.pages);
  }
  let processes = 0;
  let used = 0;
  const open = [pid];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const own = children.get(one) ?? [];
    processes += own.length;
    used += pages.get(one) ?? 0;
    open.push(...own);
  }
  return { processes, bytes: used * PAGE_BYTES };
}

const PAGE_BYTES = 4_096;
/** Fields of proc(5) behind the name of the program: its parent, and its resident pages. */
const PARENT = 1;
const RESIDENT = 21;

/** Undefined for a process that has gone meanwhile. */
function statOf(pid: string): { readonly parent: number; readonly pages: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[PARENT]), pages: Number(fields[RESIDENT]) };
  } catch {
    return undefined;
  }
}

export const noAnswer = (why: string): CodedError => new CodedError('SCAN_NO_ANSWER', why);
