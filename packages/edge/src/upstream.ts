import type { Readable } from 'node:stream';
import { LIMITS } from '@spoor/core';
import { Pool } from 'undici';
import { checkOutbound, guardedLookup } from './outbound.ts';

/** A request on its way to an upstream, byte for byte. Headers are name and value in turn. */
export interface UpstreamRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Uint8Array | Readable | null;
}

/** Told of an answer while it comes. After `ended` or `failed` comes nothing more. */
export interface UpstreamReader {
  started(status: number, headers: readonly string[]): void;
  data(chunk: Uint8Array): void;
  ended(): void;
  failed(failure: UpstreamFailure): void;
}

/** `broken`: the connection ended early, or what came is no HTTP or not as long as it said. */
export type UpstreamFailure = 'unreachable' | 'refused' | 'timeout' | 'broken' | 'aborted';

/** A request that is under way. */
export interface UpstreamExchange {
  pause(): void;
  resume(): void;
  /** Ends it, and its connection. */
  abort(): void;
}

export interface UpstreamOptions {
  /** Its origin counts; the owner named it, so its host may be private or loopback. */
  readonly url: URL;
  readonly connectMs: number;
  /** From the request to the head of the answer. */
  readonly headersMs: number;
  /** Between two pieces of a body; 0 for as long as it takes. */
  readonly bodyMs: number;
}

/**
 * One origin behind a gateway. Nothing is buffered, decoded, retried or followed: redirects are
 * answers like others.
 */
export class UpstreamClient {
  readonly #pool: Pool;

  /** Throws OUTBOUND_REFUSED. */
  constructor({ url, connectMs, headersMs, bodyMs }: UpstreamOptions) {
    const trusted = [url.hostname];
    checkOutbound(url, trusted);
    this.#pool = new Pool(url.origin, {
      // Streams stay open for hours: a connection for each, and the gateway limits their number.
      connections: null,
      pipelining: 1,
      allowH2: false,
      maxHeaderSize: LIMITS.gatewayHeaderBytesMax,
      connect: { lookup: guardedLookup(trusted), timeout: connectMs },
      headersTimeout: headersMs,
      bodyTimeout: bodyMs,
    });
  }

  send({ method, path, headers, body }: UpstreamRequest, reader: UpstreamReader): UpstreamExchange {
    const call = new Call(reader);
    try {
      this.#pool.dispatch(
        { method: method as 'POST', path, headers: headers as string[], body: body as Buffer },
        call,
      );
    } catch (error) {
      call.onResponseError(undefined, error as Error);
    }
    return call;
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

type Controller = import('undici').Dispatcher.DispatchController;

/** A handler of undici's, and the handle on the exchange that it belongs to. */
class Call implements UpstreamExchange {
  readonly #reader: UpstreamReader;
  #controller: Controller | undefined;
  #aborted = false;
  #over = false;

  constructor(reader: UpstreamReader) {
    this.#reader = reader;
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    if (this.#over) return;
    this.#aborted = true;
    this.#controller?.abort(new Error('aborted'));
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(new Error('aborted'));
  }

  onResponseStart(controller: Controller, status: number): void {
    // Informational answers are between two neighbours; the final one follows.
    if (status < 200) return;
    const raw = controller.rawHeaders as (Buffer | string)[];
    this.#reader.started(
      status,
      raw.map((one) => (typeof one === 'string' ? one : one.toString('latin1'))),
    );
  }

  onResponseData(_: Controller, chunk: Buffer): void {
    if (!this.#aborted) this.#reader.data(chunk);
  }

  onResponseEnd(): void {
    this.#over = true;
    if (!this.#aborted) this.#reader.ended();
  }

  onResponseError(_: Controller | undefined, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#reader.failed(this.#aborted ? 'aborted' : failureOf(error as Error & { code?: string }));
  }
}

function failureOf({ code = '' }: { readonly code?: string }): UpstreamFailure {
  if (code === 'OUTBOUND_REFUSED') return 'refused';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout';
  const unreachable = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
  return unreachable.includes(code) || code === 'UND_ERR_CONNECT_TIMEOUT'
    ? 'unreachable'
    : 'broken';
}
