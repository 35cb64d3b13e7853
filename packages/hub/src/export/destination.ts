import type { DestinationView, Span } from '@spoor/core';
import { type AttributeFilter, filterOf, spanFor } from './attributes.ts';
import type { Destination, Signal } from './destinations.ts';
import { encodeSpans, rejectedSpans } from './otlp.ts';
import { Sender, type SendResult } from './sender.ts';
import type { ExportSpool } from './spool.ts';

const BATCH_MS = 200;
const QUEUE_MAX = 10_000;
const REQUEST_SPANS_MAX = 1_000;
/** Requests on their way to the spool. */
const SPILLING_MAX = 16;
/** A hub that stops sends what is in memory for so long; the rest is kept for the next one. */
const CLOSE_WITHIN_MS = 3_000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 60_000;

/**
 * One backend, with its own queue, spool and pace: a destination that does not answer costs no
 * other a span.
 */
export class ExportDestination {
  readonly counts = { sent: 0, rejected: 0, dropped: 0, failures: 0 };
  readonly #destination: Destination;
  readonly #version: string;
  readonly #spool: ExportSpool | undefined;
  readonly #sender: Sender;
  readonly #keep: AttributeFilter;
  readonly #queue: Span[] = [];
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  #spills: Promise<void> = Promise.resolve();
  #spilling = 0;
  #pausedUntilMs = 0;
  #waitMs = RETRY_FIRST_MS;
  #closing = false;
  #closeByMs = Number.POSITIVE_INFINITY;
  #state: DestinationView['state'] = 'idle';
  #last: Pick<DestinationView, 'lastSentMs' | 'lastFailureMs' | 'lastFailure'> = {};

  constructor(destination: Destination, version: string, spool?: ExportSpool) {
    this.#destination = destination;
    this.#version = version;
    this.#spool = spool;
    this.#sender = new Sender(destination);
    this.#keep = filterOf(destination.attributes);
    if (spool !== undefined && spool.requests > 0) this.#later(BATCH_MS);
  }

  get keeps(): AttributeFilter {
    return this.#keep;
  }

  wants(signal: Signal): boolean {
    return this.#destination.signals.includes(signal);
  }

  get metricsEveryMs(): number {
    return this.#destination.metricsEveryMs;
  }

  /** Spans are made for this destination's policy at once: what may not go there does not wait. */
  add(spans: readonly Span[]): void {
    if (!this.wants('spans')) return;
    for (const span of spans) {
      if (this.#queue.length >= QUEUE_MAX && !this.#spill()) this.counts.dropped += 1;
      else this.#queue.push(spanFor(span, this.#keep));
    }
    if (this.#queue.length > 0) this.#later(BATCH_MS);
  }

  /** One attempt: the next reading of the same totals makes up for a lost one. Never rejects. */
  async sendMetrics(body: Uint8Array): Promise<void> {
    this.#note(await this.#sender.send('metrics', body));
  }

  /**
   * Tries once more to send what waits; what a backend does not take now is kept for the next hub.
   */
  async close(): Promise<void> {
    this.#closing = true;
    this.#closeByMs = Date.now() + CLOSE_WITHIN_MS;
    clearTimeout(this.#timer);
    await this.#draining;
    await this.#drain();
    await this.#spills;
    await this.#sender.close();
  }

  get view(): DestinationView {
    const { name, signals } = this.#destination;
    const spool = this.#spool;
    return {
      name,
      origin: this.#sender.origin,
      signals,
      state: this.#state,
      ...this.counts,
      dropped: this.counts.dropped + (spool?.dropped ?? 0),
      waiting: this.#queue.length,
      spooled: {
        requests: spool?.requests ?? 0,
        spans: spool?.items ?? 0,
        bytes: spool?.bytes ?? 0,
      },
      ...this.#last,
    };
  }

  /** More than a queue's worth at once: the oldest wait on disk. */
  #spill(): boolean {
    const spool = this.#spool;
    if (spool === undefined || this.#spilling >= SPILLING_MAX) return false;
    const spans = this.#queue.splice(0, REQUEST_SPANS_MAX);
    const body = encodeSpans(spans, this.#version);
    this.#spilling += 1;
    this.#spills = this.#spills.then(async () => {
      await spool.put(body, spans.length);
      this.#spilling -= 1;
    });
    return true;
  }

  #later(ms: number): void {
    if (this.#closing) return;
    this.#timer ??= setTimeout(() => this.#flush(), ms);
  }

  #flush(): void {
    this.#timer = undefined;
    // One request at a time, so that what waits for a slow backend is bounded.
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined;
      if (this.#queue.length > 0 || (this.#spool?.requests ?? 0) > 0)
        this.#later(Math.max(BATCH_MS, this.#pausedUntilMs - Date.now()));
    });
  }

  /** What has waited longest goes first. Ends when nothing waits, or the backend asks for time. */
  async #drain(): Promise<void> {
    while (this.#pausedUntilMs <= Date.now() && Date.now() < this.#closeByMs) {
      const kept = this.#closing ? undefined : await this.#spool?.first();
      if (kept !== undefined) {
        const result = await this.#sender.send('spans', kept.body);
        this.#count(result, kept.items);
        if (result.status !== 'later') await this.#spool?.remove(kept.file);
      } else if (this.#queue.length > 0) await this.#sendBatch();
      else return;
    }
    await this.#park();
  }

  async #sendBatch(): Promise<void> {
    const spans = this.#queue.splice(0, REQUEST_SPANS_MAX);
    const body = encodeSpans(spans, this.#version);
    const result = await this.#sender.send('spans', body);
    this.#count(result, spans.length);
    if (result.status !== 'later') return;
    if (this.#spool !== undefined) await this.#spool.put(body, spans.length);
    else if (this.#closing) this.counts.dropped += spans.length;
    else this.#queue.unshift(...spans);
  }

  /** While the backend is given time, whole requests go to disk, and all when the hub stops. */
  async #park(): Promise<void> {
    const least = this.#closing ? 1 : REQUEST_SPANS_MAX;
    while (this.#queue.length >= least && (this.#closing || this.#spool !== undefined)) {
      const spans = this.#queue.splice(0, REQUEST_SPANS_MAX);
      if (this.#spool === undefined) this.counts.dropped += spans.length;
      else await this.#spool.put(encodeSpans(spans, this.#version), spans.length);
    }
  }

  #count(result: SendResult, spans: number): void {
    this.#note(result);
    if (result.status === 'sent') {
      const rejected = Math.min(rejectedSpans(result.body), spans);
      this.counts.sent += spans - rejected;
      this.counts.rejected += rejected;
    } else if (result.status === 'refused') this.counts.dropped += spans;
  }

  #note(result: SendResult): void {
    if (result.status === 'sent') {
      this.#state = 'well';
      this.#waitMs = RETRY_FIRST_MS;
      this.#last = { ...this.#last, lastSentMs: Date.now() };
      return;
    }
    this.counts.failures += 1;
    this.#state = result.status === 'later' ? 'waits' : 'refuses';
    this.#last = { ...this.#last, lastFailureMs: Date.now(), lastFailure: result.why };
    if (result.status === 'refused') return;
    this.#pausedUntilMs = Date.now() + Math.min(result.afterMs ?? this.#waitMs, RETRY_MAX_MS);
    this.#waitMs = Math.min(this.#waitMs * 2, RETRY_MAX_MS);
  }
}
