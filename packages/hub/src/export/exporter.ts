import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  type CallId,
  type DestinationView,
  guardrailSpan,
  newSpanId,
  type Observation,
  type Sampling,
  type Span,
  spanOf,
  systemRandom,
} from '@spoor/core';
import { type Metric, without } from '../metrics/series.ts';
import { ExportDestination } from './destination.ts';
import type { Destination } from './destinations.ts';
import { encodeMetrics, type MetricSource } from './otlp-metrics.ts';
import { ExportSpool } from './spool.ts';

/** Episodes whose root span has gone out. */
const ROOTS_MAX = 10_000;

const PAST: Sampling = { keep: true, reason: 'past' };

/** Spans of finished observations, to every destination that wants them. */
export class Exporter {
  readonly destinations: readonly ExportDestination[];
  readonly #version: string;
  readonly #metrics: { readonly send: () => Promise<void>; readonly timer: NodeJS.Timeout }[] = [];
  readonly #roots = new Set<string>();
  /** Calls that the store did not know, or not yet. */
  #pastMissing = 0;

  private constructor(destinations: readonly ExportDestination[], version: string) {
    this.destinations = destinations;
    this.#version = version;
  }

  /** @param folder Holds a spool for each destination. */
  static async open(
    destinations: readonly Destination[],
    folder: string,
    version: string,
  ): Promise<Exporter> {
    const opened = destinations.map(async (destination) => {
      const { name, spoolBytesMax } = destination;
      const spool =
        spoolBytesMax > 0 ? await ExportSpool.open(join(folder, name), spoolBytesMax) : undefined;
      return new ExportDestination(destination, version, spool);
    });
    return new Exporter(await Promise.all(opened), version);
  }

  add(
    observations: readonly Observation[],
    declared: (o: Observation) => ReadonlySet<string>,
  ): void {
    const spans: (Span | undefined)[] = [];
    for (const o of observations) {
      if (o.outcome === 'pending' || !o.trace.sampled.keep) continue;
      spans.push(this.#root(o), ownSpan(o, declared(o)), guardrailSpan(o, newSpanId(systemRandom)));
    }
    const made = spans.filter((span) => span !== undefined);
    if (made.length > 0) for (const destination of this.destinations) destination.add(made);
  }

  /** Calls that were left out, and are kept after all; the store has them. */
  addPast(
    calls: readonly CallId[],
    read: (call: CallId) => Observation | undefined,
    declared: (o: Observation) => ReadonlySet<string>,
  ): void {
    for (const call of calls) {
      const o = read(call);
      if (o === undefined) this.#pastMissing += 1;
      else this.add([{ ...o, trace: { ...o.trace, sampled: PAST } }], declared);
    }
  }

  get views(): readonly DestinationView[] {
    return this.destinations.map(({ view }) => view);
  }

  /** Of all destinations together, for the hub's counts. */
  get counts(): Readonly<Record<string, number>> {
    const sum = (read: (view: DestinationView) => number): number =>
      this.views.reduce((total, view) => total + read(view), 0);
    return {
      spansExported: sum((view) => view.sent),
      spansDropped: sum((view) => view.dropped),
      spansRejected: sum((view) => view.rejected),
      spansSpooled: sum((view) => view.spooled.spans),
      exportFailures: sum((view) => view.failures),
      spansPastMissing: this.#pastMissing,
    };
  }

  /** Each destination that wants metrics gets them at its own pace, and once more at the end. */
  startMetrics(read: () => readonly Metric[], startMs: number): void {
    const source: MetricSource = { version: this.#version, instance: randomUUID(), startMs };
    for (const destination of this.destinations) {
      if (!destination.wants('metrics')) continue;
      const send = (): Promise<void> => {
        const metrics = read().map((metric) => without(metric, destination.keeps));
        return destination.sendMetrics(encodeMetrics(metrics, source, Date.now()));
      };
      this.#metrics.push({ send, timer: setInterval(send, destination.metricsEveryMs) });
    }
  }

  async close(): Promise<void> {
    for (const { timer } of this.#metrics) clearInterval(timer);
    await Promise.all(this.#metrics.map(({ send }) => send()));
    await Promise.all(this.destinations.map((destination) => destination.close()));
  }

  /**
   * Calls without a trace of their client hang below one span for their episode, so that no parent
   * is missing.
   */
  #root(o: Observation): Span | undefined {
    const { parent, parentOf, trace } = o.trace;
    if (parent === undefined || parentOf !== 'episode' || this.#roots.has(parent)) return undefined;
    if (this.#roots.size >= ROOTS_MAX) this.#roots.clear();
    this.#roots.add(parent);
    const attributes = {
      'spoor.session.id': o.session.id,
      'spoor.session.episode': o.session.episode,
    };
    const { startMs } = o.time;
    return {
      name: 'session',
      kind: 'internal',
      trace,
      span: parent,
      startMs,
      endMs: startMs,
      attributes,
      error: false,
      dropped: 0,
    };
  }
}

/**
 * What others' telemetry told has a span already, which may lie in the same backend: ours hangs
 * below it and takes nobody's id.
 */
function ownSpan(o: Observation, declared: ReadonlySet<string>): Span {
  const span = spanOf(o, declared);
  if (!o.principal.evidence.includes('telemetry')) return span;
  return { ...span, span: newSpanId(systemRandom), parent: o.trace.span };
}
