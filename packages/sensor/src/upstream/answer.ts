import { type ErrorCode, LIMITS } from '@spoor/core';
import { EventSplitter, type Piece } from '@spoor/edge/sse';
import type { UpstreamFailure, UpstreamReader } from '@spoor/edge/upstream';
import { headerOf, mediaType } from '../gateway/headers.ts';
import { FAILURE_CODES } from '../gateway/upstream.ts';

/** How one answer of an upstream ended. */
export type AnswerEnd =
  /** All of it was said, as far as the upstream says. */
  | { readonly kind: 'ended' }
  /** It was none: a status and a body that is no message to pass on as it is. */
  | { readonly kind: 'status'; readonly head: Head; readonly body: Uint8Array }
  | { readonly kind: 'failed'; readonly code: ErrorCode };

export interface Head {
  readonly status: number;
  /** Name and value in turn. */
  readonly headers: readonly string[];
}

export interface AnswerEvents {
  head(head: Head): void;
  /** One message, as bytes of JSON. */
  message(bytes: Uint8Array): void;
  over(end: AnswerEnd): void;
}

/** Cuts an answer into messages: the one of a document, or those of a stream of events. */
export class Answer implements UpstreamReader {
  readonly #events: AnswerEvents;
  #head: Head = { status: 0, headers: [] };
  #splitter: EventSplitter | undefined;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #over = false;
  /** Of the last event that has one: from there on a stream can be taken up again. */
  lastEventId: string | undefined;
  retryMs: number | undefined;

  constructor(events: AnswerEvents) {
    this.#events = events;
  }

  started(status: number, headers: readonly string[]): void {
    this.#head = { status, headers };
    const type = mediaType(headerOf(headers, 'content-type'));
    const encoding = headerOf(headers, 'content-encoding') ?? 'identity';
    if (encoding !== 'identity') {
      this.#end({ kind: 'failed', code: 'UPSTREAM_ENCODING' });
      return;
    }
    if (status < 300 && type === 'text/event-stream') this.#splitter = new EventSplitter();
    this.#events.head(this.#head);
  }

  data(chunk: Uint8Array): void {
    if (this.#over) return;
    if (this.#splitter !== undefined) {
      for (const piece of this.#splitter.push(chunk)) this.#piece(piece);
      return;
    }
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > LIMITS.frameBytesMax)
      this.#end({ kind: 'failed', code: 'UPSTREAM_TOO_LARGE' });
  }

  ended(): void {
    if (this.#splitter !== undefined) {
      this.#end({ kind: 'ended' });
      return;
    }
    const body = Buffer.concat(this.#chunks);
    this.#chunks = [];
    const { status, headers } = this.#head;
    const isJson = mediaType(headerOf(headers, 'content-type')) === 'application/json';
    if (status >= 300 || (body.length > 0 && !isJson)) {
      this.#end({ kind: 'status', head: this.#head, body });
      return;
    }
    if (body.length > 0 && !this.#over) this.#events.message(body);
    this.#end({ kind: 'ended' });
  }

  failed(failure: UpstreamFailure): void {
    this.#end({ kind: 'failed', code: FAILURE_CODES[failure] });
  }

  #piece({ event }: Piece): void {
    // Part of an event that is too large to keep: the rest of the stream would be read wrongly.
    if (event === undefined) {
      this.#end({ kind: 'failed', code: 'UPSTREAM_TOO_LARGE' });
      return;
    }
    const { name, data, id, retryMs } = event;
    if (id !== undefined && id.length <= LIMITS.upstreamIdCharsMax) this.lastEventId = id;
    this.retryMs = retryMs ?? this.retryMs;
    const isMessage = data !== undefined && data !== '' && (name === '' || name === 'message');
    if (isMessage && !this.#over) this.#events.message(Buffer.from(data));
  }

  #end(end: AnswerEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#chunks = [];
    this.#events.over(end);
  }
}
