/**
 * What instrumenting both ends of a call costs in the same process, against the same call without,
 * beside others from npm: in memory, where nothing else hides it. Each arm has a process of its
 * own, since some patch what all share; they take turns, so that the machine's moods hit all alike.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { installPeers } from './leaks/peers.ts';
import { quantile, type Report } from './report.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const WARM_UP = 3_000;
const ROUNDS = 20;
const CALLS = 500;

class Arm {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly times: number[] = [];

  constructor(name: string, folder: string) {
    const words = [path('fixtures/inprocess-arm.ts'), name, folder];
    this.#process = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('no output');
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  async calls(count: number): Promise<number[]> {
    this.#process.stdin?.write(`${count}\n`);
    const { value } = await this.#lines.next();
    return JSON.parse(String(value)) as number[];
  }

  end(): void {
    this.#process.kill();
  }
}

/** The others are looked at where npm can bring them; Spoor's own figures need nobody. */
function peersFolder(): string | undefined {
  const folder = process.env.SPOOR_PEERS ?? mkdtempSync(join(tmpdir(), 'spoor-peers-'));
  try {
    installPeers(folder);
    return folder;
  } catch (error) {
    process.stderr.write(`left out, the others could not be installed: ${error}\n`);
    return undefined;
  }
}

export async function instrument(): Promise<Report> {
  const peers = peersFolder();
  const arms: Record<string, Arm> = {
    none: new Arm('none', path('..')),
    spoor: new Arm('spoor', path('..')),
  };
  if (peers !== undefined) {
    arms.peersNone = new Arm('none', peers);
    arms.autotel = new Arm('autotel', peers);
    arms.traceloop = new Arm('traceloop', peers);
  }
  try {
    for (const arm of Object.values(arms)) await arm.calls(WARM_UP);
    for (let round = 0; round < ROUNDS; round++) {
      for (const arm of Object.values(arms)) arm.times.push(...(await arm.calls(CALLS)));
    }
    return { name: 'instrument', unit: 'µs', figures: figuresOf(arms) };
  } finally {
    for (const arm of Object.values(arms)) arm.end();
    if (peers !== undefined && process.env.SPOOR_PEERS === undefined) {
      rmSync(peers, { recursive: true, force: true });
    }
  }
}

function figuresOf(arms: Readonly<Record<string, Arm>>): Record<string, number> {
  const us = (name: string, q: number): number => 1_000 * quantile(arms[name]?.times ?? [], q);
  const figures: Record<string, number> = { 'none.p50': us('none', 0.5) };
  for (const name of Object.keys(arms)) {
    const base = name === 'spoor' ? 'none' : 'peersNone';
    if (name === 'none' || name === 'peersNone') continue;
    figures[`${name}.added.p50`] = us(name, 0.5) - us(base, 0.5);
    figures[`${name}.added.p99`] = us(name, 0.99) - us(base, 0.99);
  }
  return figures;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await instrument(), null, 2)}\n`);
}
