import { Duplex } from 'node:stream';
import {
  ERRORS,
  type ErrorCode,
  eraOf,
  type Frame,
  FrameSplitter,
  isBlank,
  type JsonRpcId,
  LIMITS,
  type Message,
  metaOf,
  PROTOCOL_VERSION_META_KEY,
  parseMessage,
  type Request,
} from '@spoor/core';
import type { Exit } from '../child.ts';
import { delay } from '../delay.ts';
import { Counts } from '../gateway/counts.ts';
import { mirrorOf } from '../gateway/mirror.ts';
import type { UpstreamPort } from '../gateway/upstream.ts';
import { failureLine, Post } from './post.ts';
import { Requests } from './requests.ts';
import { LegacySession } from './session.ts';
import { Stream } from './stream.ts';
import { ToolHeaders } from './tool-headers.ts';

export interface LineUpstreamOptions {
  readonly url: URL;
  /** Headers of the user's own, as names and values in turn. */
  readonly headers: readonly string[];
  readonly port: UpstreamPort;
  /** Spoor itself answers this request, with an error. */
  readonly onUnanswered: (id: JsonRpcId, errorType: string) => void;
  /** One line for the person at the terminal. */
  readonly say: (line: string) => void;
}

/**
 * A server that speaks Streamable HTTP, as one that speaks lines: what is written are the client's
 * lines, what is read are the server's. Each request gets an answer or a coded error.
 */
export class LineUpstream extends Duplex {
  readonly counts: Counts = new Counts();
  readonly exit: Promise<Exit>;
  readonly #options: LineUpstreamOptions;
  readonly #requests: Requests;
  readonly #splitter = new FrameSplitter();
  readonly #tools = new ToolHeaders();
  readonly #posts = new Set<Post>();
  /** What waits until the session is agreed on. */
  #queue: Frame[] = [];
  #queueBytes = 0;
  #blocked = false;
  #onRoom: (() => void) | undefined;
  #session = new LegacySession();
  #isModern = false;
  #standing: Stream | undefined;
  #modernVersion = '';
  #oversized = false;
  #leaving: NodeJS.Timeout | undefined;
  #finished = false;
  readonly #resolveExit: (exit: Exit) => void;
  readonly #said = new Set<ErrorCode>();

  constructor(options: LineUpstreamOptions) {
    super({ allowHalfOpen: true });
    this.#options = options;
    this.#requests = new Requests(options.port, options.url, options.headers);
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.exit = promise;
    this.#resolveExit = resolve;
  }

  /** As a process would end: at once, but for a word to the server. */
  kill(signal: NodeJS.Signals): void {
    void this.#finish({ signal });
  }

  override _read(): void {
    this.#requests.resume();
  }

  override _write(chunk: Uint8Array, _: string, done: () => void): void {
    for (const frame of this.#splitter.push(chunk)) this.#take(frame);
    this.#pump();
    if (this.#queueBytes > LIMITS.frameBytesMax) this.#onRoom = done;
    else done();
  }

  override _final(done: () => void): void {
    const tail = this.#splitter.end();
    if (tail !== undefined) this.#take(tail);
    this.#pump();
    done();
    this.#standing?.stop();
    const leave = (): void => void this.#finish({ code: 0 });
    this.#leaving = setTimeout(leave, LIMITS.upstreamLeaveMs);
    this.#leaveIfDone();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    void this.#finish({ code: 0 });
    done(error);
  }

  #take(frame: Frame): void {
    if (isBlank(frame)) return;
    this.#queue.push(frame);
    this.#queueBytes += frame.bytes.length;
  }

  /** In order, and nothing beside a message that opens the session. */
  #pump(): void {
    while (!this.#blocked && !this.#finished) {
      const frame = this.#queue.shift();
      if (frame === undefined) break;
      this.#queueBytes -= frame.bytes.length;
      this.#send(frame);
    }
    if (this.#queueBytes > LIMITS.frameBytesMax) return;
    this.#onRoom?.();
    this.#onRoom = undefined;
  }

  #unblock(): void {
    this.#blocked = false;
    this.#pump();
  }

  #send(frame: Frame): void {
    if (frame.kind === 'part') {
      const first = !this.#oversized;
      this.#oversized = frame.bytes.at(-1) !== LF;
      if (first) this.#failed([], 'GATEWAY_BODY_TOO_LARGE', {});
      return;
    }
    const parsed = parseMessage({ bytes: frame.bytes, kind: 'line' });
    const message = parsed.kind === 'invalid' ? undefined : parsed;
    const body = withoutEnd(frame.bytes);
    if (message?.kind === 'notification' && message.method === 'notifications/cancelled') {
      this.#cancel(message, body);
      return;
    }
    if (this.#requests.size >= LIMITS.gatewayStreamsMax && message?.kind === 'request') {
      this.#failed([message.id], 'UPSTREAM_BUSY', {});
      return;
    }
    if (message?.kind === 'request') this.#note(message);
    const headers = this.#headersOf(message);
    if (headers === undefined && message?.kind === 'request') {
      this.#failed([message.id], 'UPSTREAM_TOOL_HEADERS', {});
      return;
    }
    this.#post(message, body, headers ?? []);
  }

  /** Which era is spoken now: the last request says so, as its own words do. */
  #note(request: Request): void {
    this.#isModern = eraOf(request) === 'modern';
    const version = metaOf(request.params)[PROTOCOL_VERSION_META_KEY];
    if (this.#isModern && typeof version === 'string') this.#modernVersion = version;
    if (request.method !== 'initialize' || this.#isModern) return;
    this.#standing?.stop();
    void this.#goodbye();
    this.#session = new LegacySession();
  }

  /** Undefined where the message must not be sent. */
  #headersOf(message: Message | undefined): readonly string[] | undefined {
    const speaks = message?.kind === 'request' || message?.kind === 'notification';
    if (!speaks || !this.#isModern) return this.#session.headers;
    const mirrored = mirrorOf(message, this.#modernVersion);
    const isCall = message.kind === 'request' && message.method === 'tools/call';
    const own = isCall ? this.#tools.of(message.params) : [];
    return own === undefined ? undefined : [...mirrored, ...own];
  }

  #post(message: Message | undefined, body: Uint8Array, headers: readonly string[]): void {
    const method =
      message?.kind === 'request' || message?.kind === 'notification' ? message.method : '';
    const opens = method === 'initialize';
    const opened = method === 'notifications/initialized';
    this.#blocked = (opens || opened) && !this.#isModern;
    const named = this.#session.id !== undefined && !this.#isModern;
    let status: number | undefined;
    const post: Post = new Post({
      requests: this.#requests,
      message,
      body,
      headers,
      ...(this.#isModern ? {} : { session: () => this.#session.headers }),
      onHead: (head) => {
        status = head.status;
        if (opens) this.#session.opened(head);
        if (this.#blocked && (opens || opened)) this.#unblock();
      },
      onResponse: (response) => {
        if (opens) this.#session.agreed(response);
        if (method === 'tools/list') this.#tools.learn(response.result);
      },
      emit: (bytes) => this.#emit(bytes),
      onFailed: (ids, code, more) => this.#failed(ids, code, more),
      ...(named
        ? { onGone: () => void this.#finish({ code: ERRORS.UPSTREAM_SESSION_ENDED.exit }) }
        : {}),
      onOver: () => {
        this.#posts.delete(post);
        if (opens || opened) this.#unblock();
        if (opened && !this.#isModern && status !== undefined && status < 300) this.#listen();
        this.#leaveIfDone();
      },
    });
    this.#posts.add(post);
  }

  /** The stream on which a server of the legacy era speaks unasked; it need not have one. */
  #listen(): void {
    if (this.#leaving !== undefined || this.#finished) return;
    this.#standing?.stop();
    this.#standing = new Stream({
      requests: this.#requests,
      headers: () => this.#session.headers,
      message: (bytes) => this.#emit(bytes),
      gaveUp: (code, status) => {
        if (status === undefined) this.counts.add(code);
      },
    });
  }

  /** In the modern era closing the answer takes a request back; before, a notification does. */
  #cancel(message: Extract<Message, { kind: 'notification' }>, body: Uint8Array): void {
    const id = message.params.requestId;
    const isId = typeof id === 'string' || typeof id === 'number';
    const post = isId ? [...this.#posts].find((one) => one.asks(id)) : undefined;
    if (!this.#isModern) this.#post(message, body, this.#session.headers);
    post?.abandon();
  }

  #failed(ids: readonly JsonRpcId[], code: ErrorCode, more: object): void {
    if (this.#finished) return;
    this.counts.add(code);
    const { hint, message } = ERRORS[code];
    if (!this.#said.has(code)) this.#options.say(`${code} ${message}. ${hint}`);
    this.#said.add(code);
    for (const id of ids) {
      this.#options.onUnanswered(id, code.toLowerCase());
      this.#emit(failureLine(id, code, more));
    }
  }

  #emit(bytes: Uint8Array): void {
    if (this.#finished) return;
    const line = oneLine(bytes);
    if (!this.push(Buffer.concat([line, NEWLINE]))) this.#requests.pause();
  }

  #leaveIfDone(): void {
    if (this.#leaving === undefined) return;
    const due = this.#queue.length > 0 || [...this.#posts].some((post) => post.due);
    if (!due) void this.#finish({ code: 0 });
  }

  async #finish(exit: Exit): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    clearTimeout(this.#leaving);
    this.#standing?.stop();
    this.#queue = [];
    this.#onRoom?.();
    for (const post of [...this.#posts]) post.abandon();
    this.#requests.abortAll();
    await this.#goodbye();
    await this.#requests.close();
    if (!this.destroyed) {
      const read = new Promise((resolve) => this.once('end', resolve));
      this.push(null);
      await Promise.race([read, delay(LAST_OUTPUT_MS)]);
    }
    this.#resolveExit(exit);
  }

  /** A server may keep what belongs to a session until it hears that it is over. */
  #goodbye(): Promise<void> {
    const { id, headers } = this.#session;
    if (id === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(done, LIMITS.upstreamFarewellMs);
      const events = { head: () => undefined, message: () => undefined, over: done };
      this.#requests.send({ method: 'DELETE', headers }, events);
    });
  }
}

/** How long what was read last may take to reach the client. */
const LAST_OUTPUT_MS = 500;

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const NEWLINE = Buffer.from('\n');

function withoutEnd(line: Uint8Array): Uint8Array {
  let end = line.length;
  while (end > 0 && (line[end - 1] === LF || line[end - 1] === CR)) end--;
  return line.subarray(0, end);
}

/** A document may have line breaks where a blank does as well; a line may not. */
function oneLine(bytes: Uint8Array): Uint8Array {
  const breaks = bytes.includes(LF) || bytes.includes(CR);
  return breaks ? bytes.map((byte) => (byte === LF || byte === CR ? SPACE : byte)) : bytes;
}
