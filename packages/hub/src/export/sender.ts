import { readFile } from 'node:fs/promises';
import { CodedError } from '@spoor/core';
import { OutboundClient } from '@spoor/edge';
import type { Destination, Signal } from './destinations.ts';

/** How one request fared. `why` is a status or one of our codes, never the backend's words. */
export type SendResult =
  | { readonly status: 'sent'; readonly body: Uint8Array }
  | { readonly status: 'refused'; readonly why: string }
  | { readonly status: 'later'; readonly why: string; readonly afterMs?: number };

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 1_048_576;
/** Source of what may be tried again: OTLP specification, "OTLP/HTTP Response". */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const PATHS: Readonly<Record<Signal, string>> = { spans: '/v1/traces', metrics: '/v1/metrics' };

/** Requests to one destination: addresses, credentials, and what its answers mean. */
export class Sender {
  readonly #destination: Destination;
  readonly #client: OutboundClient;
  readonly #urls: Readonly<Record<Signal, URL>>;

  constructor(destination: Destination) {
    this.#destination = destination;
    const { endpoint, tls } = destination;
    this.#urls = { spans: urlOf(endpoint, 'spans'), metrics: urlOf(endpoint, 'metrics') };
    this.#client = new OutboundClient({
      // The owner named this host: it may be on this machine or network.
      trustedHosts: [this.#urls.spans.hostname],
      timeoutMs: TIMEOUT_MS,
      responseBytesMax: ANSWER_BYTES_MAX,
      ...(tls === undefined ? {} : { tls }),
    });
  }

  /** Scheme, host and port: a path may hold a key. */
  get origin(): string {
    return this.#urls.spans.origin;
  }

  /** Never rejects. */
  async send(signal: Signal, body: Uint8Array): Promise<SendResult> {
    try {
      const answer = await this.#client.post(this.#urls[signal], await this.#headers(), body);
      const { status, retryAfterMs } = answer;
      if (status >= 200 && status < 300) return { status: 'sent', body: answer.body };
      const why = `HTTP ${status}`;
      if (!RETRYABLE.has(status)) return { status: 'refused', why };
      return {
        status: 'later',
        why,
        ...(retryAfterMs === undefined ? {} : { afterMs: retryAfterMs }),
      };
    } catch (error) {
      const why = error instanceof CodedError ? error.code : 'INTERNAL';
      return { status: why === 'OUTBOUND_REFUSED' ? 'refused' : 'later', why };
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Read anew each time, so that a token can be changed without a restart. */
  async #headers(): Promise<Record<string, string>> {
    const { headersFile, tokenFile } = this.#destination;
    const headers: Record<string, string> = { 'content-type': 'application/x-protobuf' };
    if (headersFile !== undefined) Object.assign(headers, headersIn(await textOf(headersFile)));
    if (tokenFile !== undefined)
      headers.authorization = `Bearer ${(await textOf(tokenFile)).trim()}`;
    return headers;
  }
}

const textOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  });

function headersIn(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0)
      headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

/** A path of one signal may be given; the other's stands beside it. */
function urlOf(endpoint: string, signal: Signal): URL {
  const url = new URL(endpoint);
  const base = url.pathname.replace(/\/v1\/(traces|metrics)$/, '').replace(/\/$/, '');
  url.pathname = `${base}${PATHS[signal]}`;
  return url;
}
