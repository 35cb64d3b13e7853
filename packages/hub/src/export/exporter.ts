import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CodedError,
  guardrailSpan,
  newSpanId,
  type Observation,
  type Span,
  spanOf,
  systemRandom,
} from '@spoor/core';
import { OutboundClient } from '@spoor/edge';
import type { OtlpOptions } from '../options.ts';
import { encodeSpans } from './otlp.ts';

/** Spans to one OpenTelemetry backend, over OTLP/HTTP with protobuf. */
export class SpanExporter {
  readonly counts = { spansExported: 0, spansDropped: 0, exportFailures: 0 };
  readonly #url: URL;
  readonly #client: OutboundClient;
  readonly #headersFile: string | undefined;
  readonly #version: string;
  readonly #roots = new Set<string>();
  readonly #queue: Span[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  readonly #closing = new AbortController();

  constructor({ endpoint, headersFile }: OtlpOptions, version: string) {
    this.#url = tracesUrl(endpoint);
    this.#headersFile = headersFile;
    this.#version = version;
    this.#client = new OutboundClient({
      // The owner named this host: it may be on this machine or network.
      trustedHosts: [this.#url.hostname],
      timeoutMs: 10_000,
      responseBytesMax: 1_048_576,
    });
  }

  add(
    observations: readonly Observation[],
    declared: (o: Observation) => ReadonlySet<string>,
  ): void {
    for (const o of observations) {
      if (o.outcome === 'pending' || !o.trace.sampled.keep) continue;
      this.#push(this.#root(o));
      this.#push(spanOf(o, declared(o)));
      this.#push(guardrailSpan(o, newSpanId(systemRandom)));
    }
    if (this.#queue.length > 0) this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  /** Tries once more to send what waits; a backend that does not answer is not waited for twice. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#flush();
    await this.#sending;
    await this.#client.close();
  }

  #push(span: Span | undefined): void {
    if (span === undefined) return;
    if (this.#queue.length >= QUEUE_MAX) this.counts.spansDropped += 1;
    else this.#queue.push(span);
  }

  /**
   * Calls without a trace of their client hang below one span for their episode, so that no parent
   * is missing.
   */
  #root(o: Observation): Span | undefined {
    const { parent, parentOf, trace } = o.trace;
    if (parent === undefined || parentOf !== 'episode' || this.#roots.has(parent)) return undefined;
    if (this.#roots.size >= QUEUE_MAX) this.#roots.clear();
    this.#roots.add(parent);
    const attributes = {
      'spoor.session.id': o.session.id,
      'spoor.session.episode': o.session.episode,
    };
    const { startMs } = o.time;
    const name = 'session';
    return {
      name,
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

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#drain().finally(() => {
      this.#sending = undefined;
    });
  }

  /**
   * One request at a time, so that what waits for a slow backend is the queue, which has a limit.
   */
  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const spans = this.#queue.splice(0, REQUEST_SPANS_MAX);
      if (await this.#send(spans)) this.counts.spansExported += spans.length;
      else {
        this.counts.exportFailures += 1;
        this.counts.spansDropped += spans.length;
        if (this.#closing.signal.aborted) this.counts.spansDropped += this.#queue.splice(0).length;
      }
    }
  }

  /** Never rejects: whatever happens to one batch, the next is tried. */
  async #send(spans: readonly Span[]): Promise<boolean> {
    try {
      const body = encodeSpans(spans, this.#version);
      for (let attempt = 1, waitMs = RETRY_FIRST_MS; ; attempt++, waitMs *= 2) {
        const result = await this.#post(body);
        if (result !== 'later') return result === 'sent';
        if (attempt === ATTEMPTS || this.#closing.signal.aborted) return false;
        await sleep(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    } catch {
      return false;
    }
  }

  /** Source of what may be tried again: OTLP specification, "OTLP/HTTP Response". */
  async #post(body: Uint8Array): Promise<'sent' | 'refused' | 'later'> {
    try {
      const { status } = await this.#client.post(this.#url, this.#headers(), body);
      if (status >= 200 && status < 300) return 'sent';
      return RETRYABLE.has(status) ? 'later' : 'refused';
    } catch (error) {
      return error instanceof CodedError && error.code === 'OUTBOUND_REFUSED' ? 'refused' : 'later';
    }
  }

  /** Read anew each time, so that a token can be changed without a restart. */
  #headers(): Record<string, string> {
    const headers: Record<string, string> = { 'content-type': 'application/x-protobuf' };
    if (this.#headersFile === undefined) return headers;
    for (const line of readFileSync(this.#headersFile, 'utf8').split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0)
        headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
    return headers;
  }
}

const BATCH_MS = 200;
const QUEUE_MAX = 10_000;
const REQUEST_SPANS_MAX = 1_000;
const ATTEMPTS = 4;
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const RETRY_FIRST_MS = 500;

function tracesUrl(endpoint: string): URL {
  const url = new URL(endpoint);
  if (!url.pathname.endsWith('/v1/traces'))
    url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url;
}
