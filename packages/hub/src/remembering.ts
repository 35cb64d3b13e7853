import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { LIMITS, sipHash } from '@spoor/core';
import type { Detector, RuleSet } from '@spoor/detect';
import { destroyFile } from '@spoor/edge/overwrite';

interface Source {
  readonly path: string;
  readonly rules: RuleSet;
  /** Of this program: another one may remember in another form. */
  readonly version: string;
}

interface Options extends Source {
  readonly detector: Detector;
  /** Place of the newest observation that the detector has seen. */
  readonly lastSeq: () => number;
  readonly nowMs: () => number;
}

/** What was kept, and up to where it goes. */
export interface Remembered {
  readonly seq: number;
  readonly atMs: number;
  readonly lines: readonly string[];
}

/** First line of the file: of what the rest is a snapshot. */
interface Head {
  readonly seq: number;
  readonly atMs: number;
  readonly rules: string;
  readonly version: string;
}

const EVERY_MS = 60_000;
/** After so many a snapshot no longer waits for a pause, if it is small. */
const STEPS_MAX: number = LIMITS.replayRowsMax / 2;
/** Groups, fingerprints and calls that are written without a pause. */
const SMALL = 100_000;
/** Written at once; between two pieces calls are decided. */
const PIECE_CHARS = 262_144;

/**
 * Keeps what the rules remember for the next start of the hub: when it stops, and in pauses while
 * it runs, so that no call waits for it. What came after is stepped through again.
 */
export class Remembering {
  readonly counts = { rememberFailures: 0 };
  readonly #options: Options;
  readonly #head: Pick<Head, 'rules' | 'version'>;
  #seen: number;
  #written: number;
  #writtenSeq: number;
  #writtenMs: number;
  #writing: Promise<void> | undefined;
  #destroyed = 0;

  /** @param seq Up to where the file goes that is there. */
  constructor(options: Options, seq: number) {
    this.#options = options;
    this.#head = headOf(options);
    this.#writtenSeq = seq;
    this.#seen = options.detector.version;
    this.#written = this.#seen;
    this.#writtenMs = options.nowMs();
  }

  /** Once a second: is it time, and is there a pause? */
  tick(): void {
    const { detector, lastSeq, nowMs } = this.#options;
    const { version } = detector;
    const pauses = version === this.#seen;
    this.#seen = version;
    if (version === this.#written || this.#writing !== undefined) return;
    const due = pauses && nowMs() - this.#writtenMs >= EVERY_MS;
    const long = lastSeq() - this.#writtenSeq > STEPS_MAX && isSmall(detector);
    if (!due && !long) return;
    this.#writing = this.#write(long).finally(() => {
      this.#writing = undefined;
    });
  }

  /** At the end, when nothing steps any more. */
  async close(): Promise<void> {
    await this.#writing;
    const { detector, path } = this.#options;
    if (detector.version === this.#written) return;
    try {
      const pieces = [...this.#pieces()];
      writeFileSync(`${path}.next`, pieces.join(''), { mode: 0o600, flush: true });
      renameSync(`${path}.next`, path);
    } catch {
      this.#failed();
    }
  }

  /** Content was shredded, and prints of it lie here. */
  destroy(): void {
    for (const path of [this.#options.path, `${this.#options.path}.next`]) destroyFile(path);
    this.#destroyed++;
    this.#written = -1;
    this.#writtenSeq = 0;
  }

  /** Given up where a call comes in between, but for one that is taken at once. */
  async #write(atOnce: boolean): Promise<void> {
    const { detector, path, lastSeq, nowMs } = this.#options;
    const [version, seq, destroyed] = [detector.version, lastSeq(), this.#destroyed];
    try {
      const pieces: Iterable<string> = atOnce ? [...this.#pieces()] : this.#pieces();
      const file = await open(`${path}.next`, 'w', 0o600);
      try {
        for (const piece of pieces) {
          await file.write(piece);
          if (!atOnce && detector.version !== version) return;
        }
        await file.sync();
      } finally {
        await file.close();
      }
      // What was shredded meanwhile must not come back.
      if (this.#destroyed !== destroyed) return;
      renameSync(`${path}.next`, path);
      this.#written = version;
      this.#writtenSeq = seq;
      this.#writtenMs = nowMs();
    } catch {
      this.#failed();
    }
  }

  *#pieces(): Generator<string> {
    const { detector, lastSeq, nowMs } = this.#options;
    const head: Head = { seq: lastSeq(), atMs: nowMs(), ...this.#head };
    let piece = `${JSON.stringify(head)}\n`;
    let chars = 0;
    for (const line of detector.snapshot()) {
      piece += `${line}\n`;
      if (piece.length < PIECE_CHARS) continue;
      chars += piece.length;
      if (chars > LIMITS.rememberedBytesMax) throw new RangeError('more than is kept');
      yield piece;
      piece = '';
    }
    yield piece;
  }

  #failed(): void {
    this.counts.rememberFailures++;
    this.#writtenMs = this.#options.nowMs();
    rmSync(`${this.#options.path}.next`, { force: true });
  }
}

/** Undefined where nothing was kept, or it is of other rules. */
export function readRemembered(source: Source): Remembered | undefined {
  try {
    const text = readFileSync(source.path, 'utf8');
    const [first = '', ...lines] = text.trimEnd().split('\n');
    const { seq, atMs, rules, version } = JSON.parse(first) as Head;
    const now = headOf(source);
    return rules === now.rules && version === now.version ? { seq, atMs, lines } : undefined;
  } catch {
    return undefined;
  }
}

const headOf = ({ rules, version }: Source): Pick<Head, 'rules' | 'version'> => ({
  rules: identityOf(rules),
  version,
});

const identityOf = ({ rules }: RuleSet): string =>
  sipHash([0, 0, 0, 0], rules.map(({ uuid, source }) => `${uuid}\n${source}`).join('\n'));

function isSmall(detector: Detector): boolean {
  const { groups, atoms, openCalls } = detector.stats();
  return groups + atoms + openCalls < SMALL;
}
