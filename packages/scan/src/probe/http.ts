import { LIMITS } from '@spoor/core';
import { EventSplitter } from '@spoor/edge/sse';
import { UpstreamClient, type UpstreamFailure } from '@spoor/edge/upstream';
import { type Answer, type HttpHead, type Link, type RequestOptions, Waiting } from './link.ts';
import { Inbox } from './messages.ts';

/** One exchange over HTTP, as it was. Nothing is followed, inflated or tried again. */
export type Exchanged =
  | { readonly status: 'answered'; readonly http: HttpHead; readonly body: string }
  | { readonly status: 'timeout' }
  | { readonly status: 'failed'; readonly why: UpstreamFailure | 'too large' };

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs: number;
  /** Told of events while they come; true ends the exchange. */
  readonly onEvent?: (name: string, data: string, http: HttpHead) => boolean;
}

const CONNECT_MS = 5_000;

/** One origin. Its answers are bounded, and their encodings are not taken off. */
export class HttpTarget {
  readonly url: URL;
  readonly contained: string[] = [];
  readonly #client: UpstreamClient;

  constructor(url: URL) {
    this.url = url;
    const headersMs = LIMITS.scanStartMs;
    this.#client = new UpstreamClient({ url, connectMs: CONNECT_MS, headersMs, bodyMs: headersMs });
  }

  exchange(request: HttpRequest): Promise<Exchanged> {
    const { promise, resolve } = Promise.withResolvers<Exchanged>();
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [name, value],
    );
    const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body;
    const reader = new Reader(request, (end) => {
      clearTimeout(timer);
      if (end.status === 'failed' && end.why === 'too large')
        this.contain(`a body of more than ${LIMITS.scanMessageBytesMax} bytes`);
      resolve(end);
      exchange.abort();
    });
    const exchange = this.#client.send(
      { method: request.method, path: request.path, headers, body: body ?? null },
      reader,
    );
    const timer = setTimeout(() => reader.end({ status: 'timeout' }), request.timeoutMs);
    return promise;
  }

  contain(why: string): void {
    if (!this.contained.includes(why)) this.contained.push(why);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

class Reader {
  readonly #request: HttpRequest;
  readonly #done: (end: Exchanged) => void;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #http: HttpHead = { code: 0, headers: {} };
  #events: EventSplitter | undefined;
  #over = false;

  constructor(request: HttpRequest, done: (end: Exchanged) => void) {
    this.#request = request;
    this.#done = done;
  }

  started(code: number, flat: readonly string[]): void {
    const headers: Record<string, string> = {};
    for (let i = 0; i < flat.length; i += 2) {
      const name = (flat[i] ?? '').toLowerCase();
      headers[name] =
        headers[name] === undefined ? (flat[i + 1] ?? '') : `${headers[name]}, ${flat[i + 1]}`;
    }
    this.#http = { code, headers };
    if (headers['content-type']?.startsWith('text/event-stream') === true)
      this.#events = new EventSplitter(LIMITS.scanMessageBytesMax);
  }

  data(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > LIMITS.scanMessageBytesMax) {
      this.end({ status: 'failed', why: 'too large' });
      return;
    }
    this.#chunks.push(chunk);
    for (const { event } of this.#events?.push(chunk) ?? []) {
      const { name = '', data } = event ?? {};
      if (data !== undefined && this.#request.onEvent?.(name, data, this.#http) === true)
        this.ended();
    }
  }

  ended(): void {
    const body = Buffer.concat(this.#chunks).toString('utf8');
    this.end({ status: 'answered', http: this.#http, body });
  }

  failed(why: UpstreamFailure): void {
    this.end({ status: 'failed', why });
  }

  end(end: Exchanged): void {
    if (this.#over) return;
    this.#over = true;
    this.#done(end);
  }
}

/** Streamable HTTP: each message is a POST of its own. */
export class HttpLink implements Link {
  readonly kind = 'http';
  readonly target: HttpTarget;
  readonly #waiting = new Waiting();
  readonly #inbox: Inbox;
  readonly #own: Readonly<Record<string, string>>;
  /** What the server has given for a session, and what was agreed on. */
  session: string | undefined;
  version: string | undefined;

  constructor(target: HttpTarget, own: Readonly<Record<string, string>>) {
    this.target = target;
    this.#own = own;
    this.#inbox = new Inbox(this.#waiting, (text) => void this.#post(text, {}, CONNECT_MS));
  }

  get heard(): readonly string[] {
    return this.#inbox.heard;
  }

  get contained(): readonly string[] {
    return this.target.contained;
  }

  async request(method: string, params: object, options: RequestOptions = {}): Promise<Answer> {
    const timeoutMs = options.timeoutMs ?? LIMITS.scanAnswerMs;
    const { id, answer } = this.#waiting.open(timeoutMs);
    const text = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const end = await this.#post(text, options.headers ?? {}, timeoutMs, id);
    if (end.status === 'answered') this.#take(end.http, end.body);
    this.session ??= end.status === 'answered' ? end.http.headers['mcp-session-id'] : undefined;
    this.#waiting.settle(id, unanswered(end));
    return answer;
  }

  async notify(method: string, params: object): Promise<void> {
    await this.#post(JSON.stringify({ jsonrpc: '2.0', method, params }), {}, CONNECT_MS);
  }

  close(): Promise<void> {
    return this.target.close();
  }

  /** What a request has by itself. */
  headers(): Record<string, string> {
    return {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      ...(this.session === undefined ? {} : { 'mcp-session-id': this.session }),
      ...(this.version === undefined ? {} : { 'mcp-protocol-version': this.version }),
      ...this.#own,
    };
  }

  #post(
    body: string,
    headers: Readonly<Record<string, string | undefined>>,
    timeoutMs: number,
    id?: number,
  ): Promise<Exchanged> {
    const { pathname, search } = this.target.url;
    return this.target.exchange({
      method: 'POST',
      path: pathname + search,
      headers: { ...this.headers(), ...headers },
      body,
      timeoutMs,
      onEvent: (_, data, http) => {
        this.#inbox.take(data, http);
        return id !== undefined && isAnswerTo(data, id);
      },
    });
  }

  #take(http: HttpHead, body: string): void {
    const isEvents = http.headers['content-type']?.startsWith('text/event-stream') === true;
    if (!isEvents && body !== '') this.#inbox.take(body, http);
  }
}

function isAnswerTo(data: string, id: number): boolean {
  try {
    const message = JSON.parse(data) as { readonly id?: unknown; readonly method?: unknown };
    return message.id === id && message.method === undefined;
  } catch {
    return false;
  }
}

function unanswered(end: Exchanged): Answer {
  if (end.status === 'timeout') return { status: 'timeout' };
  if (end.status === 'failed') return { status: 'lost', why: end.why };
  return { status: 'refused', text: end.body, http: end.http };
}
