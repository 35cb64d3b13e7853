import { randomUUID } from 'node:crypto';
import {
  isJsonContentType,
  type JSONRPCMessage,
  parseJSONRPCMessage,
  readRequestBody,
  type Transport,
} from '@modelcontextprotocol/server';
import { LIMITS } from '@spoor/core';
import type { Caller } from '../caller.ts';
import type { QueryServer } from '../server.ts';

const encoder = new TextEncoder();

/** One stream of the transport of 2024-11-05: answers as events, questions by POST beside it. */
class SseStream implements Transport {
  readonly sessionId: string = randomUUID();
  readonly body: ReadableStream<Uint8Array>;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: NonNullable<Transport['onmessage']>;
  #out: ReadableStreamDefaultController<Uint8Array> | undefined;
  #beat: NodeJS.Timeout | undefined;
  readonly #heartbeatMs: number;

  constructor(heartbeatMs: number) {
    this.#heartbeatMs = heartbeatMs;
    this.body = new ReadableStream({
      start: (controller) => {
        this.#out = controller;
      },
      cancel: () => this.close(),
    });
  }

  async start(): Promise<void> {
    this.#write(`event: endpoint\ndata: /message?sessionId=${this.sessionId}\n\n`);
    if (this.#heartbeatMs === 0) return;
    this.#beat = setInterval(() => this.#write(': alive\n\n'), this.#heartbeatMs);
    this.#beat.unref();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.#write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  }

  async close(): Promise<void> {
    if (this.#out === undefined) return;
    clearInterval(this.#beat);
    const out = this.#out;
    this.#out = undefined;
    try {
      out.close();
    } catch {
      // The client has gone: there is nothing left to close.
    }
    this.onclose?.();
  }

  #write(text: string): void {
    // A client that does not read must not fill the memory.
    if (this.#out !== undefined && (this.#out.desiredSize ?? 0) < -EVENTS_WAITING_MAX)
      void this.close();
    else this.#out?.enqueue(encoder.encode(text));
  }
}

const EVENTS_WAITING_MAX = 64;
const EVENT_STREAM = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

/** The streams that are open, each for its own caller alone. */
export class SseStreams {
  readonly #query: QueryServer;
  readonly #heartbeatMs: number;
  readonly #open = new Map<string, { readonly stream: SseStream; readonly caller: string }>();

  constructor(query: QueryServer, heartbeatMs: number) {
    this.#query = query;
    this.#heartbeatMs = heartbeatMs;
  }

  async open(caller: Caller): Promise<Response> {
    if (this.#open.size >= LIMITS.queryStreamsMax) return new Response('Busy', { status: 503 });
    const stream = new SseStream(this.#heartbeatMs);
    this.#open.set(stream.sessionId, { stream, caller: caller.id });
    const server = this.#query.serve(caller);
    await server.connect(stream);
    const ended = stream.onclose;
    stream.onclose = () => {
      this.#open.delete(stream.sessionId);
      ended?.();
    };
    return new Response(stream.body, { headers: EVENT_STREAM });
  }

  async post(request: Request, caller: Caller): Promise<Response> {
    const id = new URL(request.url).searchParams.get('sessionId') ?? '';
    const found = this.#open.get(id);
    // Whose stream it is matters: an id alone is no proof.
    if (found === undefined || found.caller !== caller.id)
      return new Response('Not found', { status: 404 });
    if (!isJsonContentType(request.headers.get('content-type')))
      return new Response('Unsupported media type', { status: 415 });
    const body = await readRequestBody(request, LIMITS.queryMessageBytesMax);
    if (body.tooLarge) return new Response('Too large', { status: 413 });
    const message = messageIn(body.text);
    if (message === undefined) return new Response('Bad request', { status: 400 });
    found.stream.onmessage?.(message);
    return new Response('Accepted', { status: 202 });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ stream }) => stream.close()));
  }
}

function messageIn(text: string): JSONRPCMessage | undefined {
  try {
    return parseJSONRPCMessage(JSON.parse(text));
  } catch {
    return undefined;
  }
}
