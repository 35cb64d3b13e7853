import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { LIMITS, type Observation } from '@spoor/core';
import { overwriteFile } from '@spoor/edge/overwrite';

interface Half {
  readonly path: string;
  readonly file: number;
  bytes: number;
}

/** Size at which a half is left to be stored, while the other one is written. */
const HALF_BYTES = 4_194_304;

/**
 * Observations that the store may not have yet, as lines in two files that take turns. They are in
 * the system's hands when `add` returns, so a hub that is killed finds them when it comes back; for
 * a machine that loses its power there is the ledger.
 */
export class Unstored {
  /** What the hub before this one left: to be recorded before anything else is. */
  readonly found: readonly Observation[];
  readonly counts = { unstoredDropped: 0 };
  readonly #halves: readonly Half[];
  #turn = 0;

  constructor(path: string) {
    const paths = [`${path}.0`, `${path}.1`];
    const found = new Map(paths.flatMap(readLines).map((one) => [one.seq, one]));
    this.found = [...found.values()].sort((a, b) => a.seq - b.seq);
    this.#halves = paths.map(openHalf);
  }

  /** Counts up; what is added from here on belongs to this turn or a later one. */
  get turn(): number {
    return this.#turn;
  }

  /** @param bodies JSON texts in ASCII */
  add(bodies: readonly string[]): void {
    if (bodies.length === 0) return;
    if (this.#now.bytes > HALF_BYTES && this.#before.bytes === 0) this.#turn++;
    const half = this.#now;
    if (half.bytes > LIMITS.unstoredBytesMax) {
      this.counts.unstoredDropped += bodies.length;
      return;
    }
    try {
      half.bytes += writeSync(half.file, `${bodies.join('\n')}\n`, null, 'latin1');
    } catch {
      this.counts.unstoredDropped += bodies.length;
    }
  }

  /** All is stored that was added before this turn; Infinity stands for all. */
  stored(turn: number): void {
    if (turn >= this.#turn) empty(this.#before);
    if (turn > this.#turn) empty(this.#now);
  }

  /** Content was shredded: no byte of these files stays. */
  destroy(): void {
    for (const half of this.#halves) {
      overwriteFile(half.path);
      empty(half);
    }
  }

  close(): void {
    for (const { file } of this.#halves) closeSync(file);
  }

  get #now(): Half {
    return this.#halves[this.#turn % 2] as Half;
  }

  get #before(): Half {
    return this.#halves[(this.#turn + 1) % 2] as Half;
  }
}

function openHalf(path: string): Half {
  const file = openSync(path, 'a', 0o600);
  return { path, file, bytes: fstatSync(file).size };
}

function empty(half: Half): void {
  if (half.bytes === 0) return;
  ftruncateSync(half.file);
  half.bytes = 0;
}

/** The last line may have been cut off when the hub was killed. */
function readLines(path: string): readonly Observation[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch {
    return [];
  }
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').flatMap(parsed);
}

function parsed(line: string): readonly Observation[] {
  try {
    return [JSON.parse(line) as Observation];
  } catch {
    return [];
  }
}
