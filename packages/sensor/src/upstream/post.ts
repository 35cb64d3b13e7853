import {
  type ErrorCode,
  idKey,
  type JsonRpcId,
  type Message,
  parseMessage,
  type Response,
} from '@spoor/core';
import { errorBody } from '../gateway/answers.ts';
import { headerOf } from '../gateway/headers.ts';
import type { AnswerEnd, AnswerEvents, Head } from './answer.ts';
import type { Requests, Sent } from './requests.ts';
import { Stream } from './stream.ts';

export interface PostOptions {
  readonly requests: Requests;
  readonly message: Message | undefined;
  readonly body: Uint8Array;
  readonly headers: readonly string[];
  /** Of the session, for taking up its stream again; absent where the era has none. */
  readonly session?: () => readonly string[];
  readonly onHead?: (head: Head) => void;
  readonly onResponse: (response: Response) => void;
  readonly emit: (bytes: Uint8Array) => void;
  /** No answer came: Spoor gives one of its own, an error. */
  readonly onFailed: (ids: readonly JsonRpcId[], code: ErrorCode, more: object) => void;
  /** The session that the request named is no more. */
  readonly onGone?: () => void;
  readonly onOver: () => void;
}

/** One message of the client on its way to the upstream, until all that it asks is answered. */
export class Post implements AnswerEvents {
  readonly #options: PostOptions;
  readonly #due: Map<string, JsonRpcId>;
  readonly #sent: Sent | undefined;
  #resumed: Stream | undefined;
  #over = false;

  constructor(options: PostOptions) {
    this.#options = options;
    this.#due = new Map(askedBy(options.message).map((id) => [idKey(id), id]));
    const { requests, headers, body } = options;
    const own = ['Content-Type', 'application/json', 'Accept', BOTH];
    this.#sent = requests.send({ method: 'POST', headers: [...headers, ...own], body }, this);
  }

  /** Is something unanswered that may be waited for? */
  get due(): boolean {
    const { message } = this.#options;
    const listens = message?.kind === 'request' && message.method === 'subscriptions/listen';
    return !this.#over && !listens;
  }

  asks(id: JsonRpcId): boolean {
    return this.#due.has(idKey(id));
  }

  /** Nobody waits for it any more; closing the stream takes the request back in the modern era. */
  abandon(): void {
    this.#due.clear();
    this.#close();
  }

  head(head: Head): void {
    this.#options.onHead?.(head);
  }

  message(bytes: Uint8Array): void {
    const message = parseMessage({ bytes, kind: 'line' });
    const responses = message.kind === 'batch' ? message.messages : [message];
    for (const one of responses) {
      if (one.kind !== 'response' || one.id === null) continue;
      this.#due.delete(idKey(one.id));
      this.#options.onResponse(one);
    }
    // What is no JSON is no answer; what only we cannot read may be one to the client.
    if (message.kind === 'invalid' && message.reason === 'invalid-json') return;
    if (message.kind === 'invalid' && this.#due.size === 1) this.#due.clear();
    this.#options.emit(bytes);
    if (this.#resumed !== undefined && this.#due.size === 0) this.#close();
  }

  over(end: AnswerEnd): void {
    if (this.#over) return;
    if (end.kind === 'ended' && this.#due.size === 0) {
      this.#close();
      return;
    }
    const { session, requests } = this.#options;
    const answer = this.#sent?.answer;
    const broke = end.kind === 'ended' || (end.kind === 'failed' && RESUMED.has(end.code));
    const eventId = answer?.lastEventId;
    if (broke && this.#due.size > 0 && session !== undefined && eventId !== undefined)
      this.#resumed = new Stream({
        requests,
        headers: session,
        from: { eventId, retryMs: answer?.retryMs },
        message: (bytes) => this.message(bytes),
        gaveUp: (code) => this.#fail(code),
      });
    else if (end.kind === 'status') this.#status(end);
    else this.#fail(end.kind === 'failed' ? end.code : 'UPSTREAM_BROKEN');
  }

  #status({ head, body }: AnswerEnd & { readonly kind: 'status' }): void {
    const { status } = head;
    const { onGone, emit, onResponse } = this.#options;
    if (status === 401) {
      this.#fail('UPSTREAM_UNAUTHORIZED', challengeOf(head));
      return;
    }
    if (status === 403) {
      this.#fail('UPSTREAM_FORBIDDEN');
      return;
    }
    if (status === 404 && onGone !== undefined) {
      this.#fail('UPSTREAM_SESSION_ENDED');
      onGone();
      return;
    }
    if (status >= 300 && status < 400) {
      this.#fail('UPSTREAM_REDIRECT', { status });
      return;
    }
    const [id] = this.#due.values();
    const said = id === undefined ? undefined : errorSaid(body, id);
    if (said !== undefined && id !== undefined) {
      this.#due.delete(idKey(id));
      onResponse(said.response);
      emit(said.bytes);
    }
    this.#fail('UPSTREAM_STATUS', { status });
  }

  #fail(code: ErrorCode, more: object = {}): void {
    const due = [...this.#due.values()];
    this.#due.clear();
    // What broke after everything was answered is nobody's loss.
    if (due.length > 0 || askedBy(this.#options.message).length === 0)
      this.#options.onFailed(due, code, more);
    this.#close();
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#sent?.abort();
    this.#resumed?.stop();
    this.#options.onOver();
  }
}

const BOTH = 'application/json, text/event-stream';

/** After these the rest of a stream can still be had. */
const RESUMED: ReadonlySet<ErrorCode> = new Set(['UPSTREAM_BROKEN', 'UPSTREAM_TIMEOUT']);

function askedBy(message: Message | undefined): JsonRpcId[] {
  if (message?.kind === 'request') return [message.id];
  const all = message?.kind === 'batch' ? message.messages : [];
  return all.flatMap((one) => (one.kind === 'request' ? [one.id] : []));
}

/** An error that the server says with a status, for this request or for none it could tell. */
function errorSaid(
  body: Uint8Array,
  id: JsonRpcId,
): { readonly response: Response; readonly bytes: Uint8Array } | undefined {
  const message = parseMessage({ bytes: body, kind: 'line' });
  if (message.kind !== 'response' || message.error === undefined) return undefined;
  if (message.id !== null && message.id !== id) return undefined;
  if (message.id === id) return { response: message, bytes: body };
  const { error } = message;
  const bytes = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, error }));
  return { response: { ...message, id }, bytes };
}

/** The metadata that a challenge names (RFC 9728 §5.1), if it is an address. */
function challengeOf({ headers }: Head): object {
  const challenge = headerOf(headers, 'www-authenticate') ?? '';
  const [, quoted, bare] =
    /resource_metadata=(?:"([^"]{1,2048})"|([^\s,"]{1,2048}))/i.exec(challenge) ?? [];
  const text = quoted ?? bare ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '';
  return isWeb ? { resourceMetadata: url.href } : {};
}

/** The line for a request that nobody else answers. */
export const failureLine = (id: JsonRpcId | null, code: ErrorCode, more: object): Uint8Array =>
  Buffer.from(errorBody(code, id, more));
