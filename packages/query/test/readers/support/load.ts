import { CodedError } from '@spoor/core';
import { openReader, type ReaderOptions, type TraceReader } from '../../../src/index.ts';
import { BAD, badServer } from './bad.ts';
import { madeSpan, sendSpans } from './otlp.ts';
import { victoriaTracesContract } from './victoriatraces.ts';

interface LoadResult {
  /** How many questions to each bad backend ended with which code. */
  readonly codes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of a good backend that was asked meanwhile, one question after another. */
  readonly good: { readonly answered: number; readonly failed: number; readonly slowestMs: number };
  readonly grownBytes: number;
  readonly tookMs: number;
}

/** @param questions to each of the bad backends, all at once */
export async function load(questions: number, answerMs?: number): Promise<LoadResult> {
  const options = answerMs === undefined ? {} : { answerMs };
  const open = (url: string, own: ReaderOptions = {}): TraceReader =>
    openReader({ kind: 'victoriatraces', entrypoint: new URL(url) }, own);
  const good = await victoriaTracesContract();
  await sendSpans(`${good.url}/insert/opentelemetry/v1/traces`, [madeSpan({ service: 'good' })]);
  const servers = await Promise.all(
    Object.entries(BAD).map(async ([name, listener]) => ({
      name,
      server: await badServer(listener),
    })),
  );
  const readers = servers.map(({ server }) => open(server.url, options));
  const watch = new Watch(open(good.url));
  const startMs = performance.now();
  try {
    const codes = await Promise.all(
      readers.map((reader) => Promise.all(Array.from({ length: questions }, () => ask(reader)))),
    );
    const tookMs = performance.now() - startMs;
    return {
      codes: Object.fromEntries(
        servers.map(({ name }, at) => [name, counted(codes[at] ?? [])] as const),
      ),
      ...(await watch.end()),
      tookMs,
    };
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
    await Promise.all([...servers.map(({ server }) => server), good].map((one) => one.close()));
  }
}

async function ask(reader: TraceReader): Promise<string> {
  try {
    await reader.services({ signal: new AbortController().signal });
    return 'answered';
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
}

const counted = (codes: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(codes, (code) => code)].map(([code, all]) => [code, all.length]),
  );

/** Asks a good backend, and looks at the memory, until it is told to end. */
class Watch {
  readonly #reader: TraceReader;
  readonly #before: number = process.memoryUsage().rss;
  readonly #running: Promise<void>;
  #isOver = false;
  #most = this.#before;
  #answered = 0;
  #failed = 0;
  #slowestMs = 0;

  constructor(reader: TraceReader) {
    this.#reader = reader;
    this.#running = this.#run();
  }

  async end(): Promise<Pick<LoadResult, 'good' | 'grownBytes'>> {
    this.#isOver = true;
    await this.#running;
    await this.#reader.close();
    const good = { answered: this.#answered, failed: this.#failed, slowestMs: this.#slowestMs };
    return { good, grownBytes: this.#most - this.#before };
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const startMs = performance.now();
      if ((await ask(this.#reader)) === 'answered') this.#answered += 1;
      else this.#failed += 1;
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - startMs);
      this.#most = Math.max(this.#most, process.memoryUsage().rss);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
