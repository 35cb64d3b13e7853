import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Batch,
  type ErrorCode,
  eraOf,
  type Frame,
  type JsonRpcId,
  type Message,
  type Request,
} from '@spoor/core';
import type { UpstreamExchange, UpstreamFailure, UpstreamReader } from '@spoor/edge/upstream';
import { type Conversation, type Denials, UNANSWERED } from '../conversation.ts';
import { answerDenied, eventOf, refuse } from './answers.ts';
import type { Talk } from './conversations.ts';
import type { Counts } from './counts.ts';
import { headerOf, mediaType, responseHeaders } from './headers.ts';
import { type AnswerReader, DocumentReader, later, StreamReader } from './reading.ts';
import type { Said } from './said.ts';
import { FAILURE_CODES, type Upstream } from './upstream.ts';

export interface PassageOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly counts: Counts;
  /** Sends it to the upstream. */
  readonly send: (reader: UpstreamReader, body: Uint8Array) => UpstreamExchange;
  /** What would be sent. */
  readonly body: Uint8Array;
  readonly upstream: Pick<Upstream, 'boundary' | 'toClient'>;
  readonly said: Said | undefined;
  /** Is the answer read along? */
  readonly readable: boolean;
  /** The conversation that the answer belongs to; asked for when its head is there. */
  readonly talk: (legacySession: string | undefined) => Talk;
  /** Keeps ids apart that only this request knows; '' in a legacy session. */
  readonly scope: string;
  readonly onEndpoint: (uri: string) => Talk;
  readonly onOver: (status: number) => void;
}

/** One request under way: from its decision to the last byte of its answer. */
export class Passage implements UpstreamReader {
  readonly #options: PassageOptions;
  readonly #response: ServerResponse;
  readonly #asked: readonly JsonRpcId[];
  #exchange: UpstreamExchange | undefined;
  #reader: AnswerReader | undefined;
  #talk: Talk | undefined;
  #status = 0;
  #head: { readonly status: number; readonly headers: readonly string[] } | undefined;
  #announcing: NodeJS.Timeout | undefined;
  #over = false;
  #paused = false;

  constructor(options: PassageOptions) {
    this.#options = options;
    this.#response = options.response;
    this.#asked = askedBy(options.said?.message);
    options.response.once('close', () => this.#clientGone());
  }

  /** Waits for its decision where it has to, then goes to the upstream. */
  begin(): Promise<void> | undefined {
    const { said, talk, scope } = this.#options;
    const message = said?.message;
    if (said !== undefined && message !== undefined && !isInitialize(message)) {
      this.#talk = talk(undefined);
      const decided = this.#tell(this.#talk, message, said.frame, scope);
      if (decided !== undefined)
        return decided.then((denials) =>
          denials.length > 0 || denials === UNANSWERED
            ? this.#denied(denials, message)
            : this.#sendMasked(message),
        );
    }
    this.#send();
    return undefined;
  }

  #send(body: Uint8Array = this.#options.body): void {
    if (!this.#over) this.#exchange = this.#options.send(this, body);
  }

  #sendMasked(message: Message): void {
    const masked = this.#masked(message);
    if ('answers' in masked) this.#denied(masked.answers, message);
    else this.#send(masked.bytes);
  }

  /** Headers that say an argument again would say what the body no longer does. */
  #masked(message: Message): ReturnType<Conversation['masked']> {
    const { body, scope, request } = this.#options;
    const { conversation } = this.#talk ?? {};
    const isAsked = message.kind === 'request' || message.kind === 'batch';
    if (conversation === undefined || !isAsked) return { bytes: body };
    const masked = conversation.masked(message, body, scope);
    const mirrored = Object.keys(request.headers).some((name) => name.startsWith('mcp-param-'));
    if ('answers' in masked || masked.bytes === body || !mirrored) return masked;
    return { answers: conversation.undo(message, scope) };
  }

  #tell(
    { conversation }: Talk,
    message: Message,
    frame: Frame,
    scope: string,
  ): Promise<Denials> | undefined {
    switch (message.kind) {
      case 'request':
        return conversation.asks(message, frame, scope);
      case 'batch':
        return conversation.asksBatch(message, frame, scope);
      case 'notification':
        if (conversation.isStopped(message)) return Promise.resolve(UNANSWERED);
        conversation.notifies(message, scope);
        return undefined;
      case 'response':
        if (conversation.isStopped(message)) return Promise.resolve(UNANSWERED);
        conversation.answers(message, frame);
        return undefined;
    }
  }

  #denied(denials: Denials, message: Message): void {
    this.#options.counts.add('denied');
    this.#over = true;
    const { request, response, onOver } = this.#options;
    onOver(200);
    if (response.destroyed) return;
    if (denials === UNANSWERED) {
      response.writeHead(202).end();
      return;
    }
    const spoken = this.#talk?.speak;
    if (spoken === undefined)
      answerDenied(response, denials, request.headers.accept ?? '', message.kind === 'batch');
    else {
      // The oldest transport answers on its stream; the request itself is only taken in.
      for (const line of denials) spoken(Buffer.from(eventOf(Buffer.from(line).toString())));
      response.writeHead(202).end();
    }
  }

  started(status: number, raw: readonly string[]): void {
    this.#status = status;
    const { request } = this.#options;
    const encoding = headerOf(raw, 'content-encoding') ?? 'identity';
    const plain = encoding === 'identity';
    const { readable } = this.#options;
    this.#reader = plain && readable ? this.#readerFor(status, raw) : undefined;
    if (!plain && readable && !this.#mayPassUnread()) return;
    const { toClient } = this.#options.upstream;
    const carrier = { baggage: headerOf(raw, 'baggage') };
    const trace = { drops: toClient.drops, instead: toClient.instead(carrier, undefined) };
    // A stream out of which something may be taken has no length that could be said before.
    const drops = (name: string): boolean =>
      trace.drops(name) || (name === 'content-length' && this.#reader?.streams === true);
    this.#head = { status, headers: responseHeaders(raw, { ...trace, drops }) };
    // A document whose length is said may change it; it is there in a moment, head and all.
    const sized = headerOf(raw, 'content-length') !== undefined;
    if (this.#reader?.mayChange === true) {
      // Most others are as well: one packet then, and one that comes late is announced.
      if (!sized) this.#announcing = setTimeout(() => this.#announce(), ANNOUNCE_MS);
      return;
    }
    this.#sendHead();
    // The head leaves with the first bytes of the body where they are there already, else at once.
    if (request.method === 'HEAD') return;
    queueMicrotask(() => this.#over || this.#response.flushHeaders());
  }

  #announce(): void {
    if (this.#over) return;
    this.#sendHead();
    this.#response.flushHeaders();
  }

  /** @param bytes Of the whole body, where it is not as long as the upstream said. */
  #sendHead(bytes?: number): void {
    const head = this.#head;
    this.#head = undefined;
    clearTimeout(this.#announcing);
    if (head === undefined) return;
    const headers = bytes === undefined ? head.headers : resized(head.headers, bytes);
    this.#response.writeHead(head.status, headers as string[]);
  }

  /** What could not be read is not passed on where it would have to be. */
  #mayPassUnread(): boolean {
    const { conversation } = this.#talk ?? {};
    if (conversation === undefined) return true;
    this.#options.counts.add('notExamined');
    if (conversation.mode === 'observe' && !conversation.masks) return true;
    this.#exchange?.abort();
    this.#fail('UPSTREAM_ENCODING');
    return false;
  }

  #readerFor(status: number, raw: readonly string[]): AnswerReader | undefined {
    const { said, talk, scope, counts, request } = this.#options;
    const type = mediaType(headerOf(raw, 'content-type'));
    const stream = type === 'text/event-stream';
    const message = said?.message;
    if (message !== undefined && isInitialize(message)) {
      this.#talk = talk(status < 300 ? headerOf(raw, 'mcp-session-id') : undefined);
      this.#talk.conversation.asks(message, said?.frame ?? EMPTY_FRAME, scope);
    }
    if (stream && request.method === 'GET') this.#talk ??= talk(undefined);
    const current = this.#talk;
    if (current === undefined || (!stream && type !== 'application/json')) return undefined;
    const { conversation } = current;
    const reading = {
      conversation,
      scope,
      asked: this.#asked,
      boundary: this.#options.upstream.boundary,
      write: (bytes: Uint8Array) => this.#write(bytes),
      resize: (bytes: number) => this.#sendHead(bytes),
      refuse: () => this.#breakOff(),
      counts,
    };
    if (!stream) return new DocumentReader(reading);
    const reader: StreamReader = new StreamReader({
      ...reading,
      ...(request.method === 'GET'
        ? { onEndpoint: (uri: string) => this.#onEndpoint(uri, reader) }
        : {}),
    });
    return reader;
  }

  /** Of what is masked nothing goes on unread. */
  #breakOff(): void {
    this.#exchange?.abort();
    if (this.#over) return;
    if (!this.#response.headersSent) this.#fail('UPSTREAM_ENCODING');
    else {
      this.#response.destroy();
      this.#close('unmaskable');
    }
  }

  #onEndpoint(uri: string, reader: StreamReader): Conversation {
    const talk = this.#options.onEndpoint(uri);
    talk.speak = (event) => reader.insert(event);
    return talk.conversation;
  }

  data(chunk: Uint8Array): void {
    const reader = this.#reader;
    if (reader === undefined) this.#write(chunk);
    else {
      reader.data(chunk);
      if (reader.waitingBytes > WAITING_BYTES_MAX) this.#pauseFor(reader.idle());
    }
  }

  ended(): void {
    const rest = this.#reader?.end();
    if (rest === undefined) this.#finish();
    else void rest.then(() => this.#finish());
  }

  failed(failure: UpstreamFailure): void {
    if (this.#over) return;
    this.#options.counts.add('upstreamFailed');
    if (this.#response.headersSent) {
      this.#options.counts.add('UPSTREAM_BROKEN');
      // What was said to be an answer is none: only a broken connection tells the client so.
      void Promise.resolve(this.#reader?.idle()).then(() => this.#response.destroy());
      this.#close(failure === 'timeout' ? 'upstream_timeout' : 'upstream_broken');
    } else this.#fail(FAILURE_CODES[failure]);
  }

  #fail(code: ErrorCode): void {
    const { counts, response } = this.#options;
    counts.add(code);
    refuse(response, code, this.#asked[0] ?? null);
    this.#close(code.toLowerCase());
  }

  #finish(): void {
    if (this.#over) return;
    this.#sendHead();
    this.#response.end();
    const ok = this.#status < 300;
    // In the oldest transport, and where a stream is to be resumed, the answer comes elsewhere.
    const elsewhere = this.#options.scope === '' && ok;
    this.#close(elsewhere ? undefined : `http_${this.#status}`);
  }

  #close(errorType: string | undefined): void {
    this.#over = true;
    const { scope, onOver } = this.#options;
    // After what was read of the answer has been told.
    later(() => {
      if (errorType !== undefined)
        for (const id of this.#asked) this.#talk?.conversation.unanswered(id, errorType, scope);
      onOver(this.#status);
    });
  }

  /** In the modern era closing the stream takes the request back: the upstream learns at once. */
  #clientGone(): void {
    if (this.#over) return;
    this.#over = true;
    const { counts, scope, onOver } = this.#options;
    counts.add('clientGone');
    this.#exchange?.abort();
    if (scope !== '') for (const id of this.#asked) this.#talk?.conversation.cancelled(id, scope);
    onOver(this.#status);
  }

  #write(bytes: Uint8Array): void {
    this.#sendHead();
    if (this.#response.destroyed || this.#response.write(bytes)) return;
    if (!this.#paused) this.#response.once('drain', () => this.#resume());
    this.#paused = true;
    this.#exchange?.pause();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#exchange?.resume();
  }

  #pauseFor(waiting: Promise<void>): void {
    this.#exchange?.pause();
    void waiting.then(() => this.#paused || this.#exchange?.resume());
  }
}

/** What the body of a document may take before its head goes on alone. */
const ANNOUNCE_MS = 2;

/** Held bytes at which an upstream has to wait. */
const WAITING_BYTES_MAX = 1_048_576;

/** The same headers for a body of another length. */
const resized = (headers: readonly string[], bytes: number): string[] =>
  headers.map((one, i) =>
    i % 2 === 1 && headers[i - 1]?.toLowerCase() === 'content-length' ? String(bytes) : one,
  );

const EMPTY_FRAME: Frame = { bytes: new Uint8Array(0), kind: 'line' };

const isInitialize = (message: Message): message is Request =>
  message.kind === 'request' && message.method === 'initialize' && eraOf(message) === 'legacy';

function askedBy(message: Message | undefined): readonly JsonRpcId[] {
  if (message?.kind === 'request') return [message.id];
  return message?.kind === 'batch' ? requestIds(message) : [];
}

const requestIds = ({ messages }: Batch): JsonRpcId[] =>
  messages.flatMap((one) => (one.kind === 'request' ? [one.id] : []));
