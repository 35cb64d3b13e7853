import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, inflate, zstdDecompress } from 'node:zlib';
import { LIMITS } from '@spoor/core';
import { decodeSignal, type Signal } from './decode.ts';
import type { ExportedPoint, ExportedSpan, ExportedText } from './read.ts';
import { readExport } from './read.ts';

/** What came by telemetry so far. */
export interface Exports {
  readonly spans: readonly ExportedSpan[];
  readonly texts: readonly ExportedText[];
  readonly points: readonly ExportedPoint[];
  /** Requests by signal and encoding: `traces http/protobuf`. */
  readonly requests: Readonly<Record<string, number>>;
  /** Requests that could not be read; nothing is known of what was in them. */
  readonly unreadable: number;
  /** More came than is kept. */
  readonly cut: boolean;
}

/** Where the requests of one run come to: HTTP with protobuf or JSON, and gRPC, on one port. */
export interface Sink {
  /** Requests but those of metrics, which come for ever: to see whether more come. */
  readonly count: number;
  /** Does the server export within about a second, as it was told to? */
  readonly isQuick: boolean;
  exports(): Exports;
  close(): Promise<void>;
}

/** Batches that come in shorter distance than by default are sent as we asked. */
const QUICK_MS = 1_500;

const PREFACE = 'PRI * HTTP/2.0';

const unzip = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  zstd: promisify(zstdDecompress),
};

class Collecting {
  readonly spans: ExportedSpan[] = [];
  readonly texts: ExportedText[] = [];
  readonly points: ExportedPoint[] = [];
  readonly requests: Record<string, number> = {};
  unreadable = 0;
  cut = false;
  count = 0;
  isQuick = false;
  #last = 0;

  take(signal: Signal, encoding: 'json' | 'protobuf', over: string, bytes: Buffer): void {
    if (signal !== 'metrics') this.#counted(Date.now());
    const name = `${signal} ${over}`;
    this.requests[name] = (this.requests[name] ?? 0) + 1;
    try {
      const { spans, texts, points } = readExport(signal, decodeSignal(signal, bytes, encoding));
      this.#keep(this.spans, spans, LIMITS.scanSpansMax);
      this.#keep(this.texts, texts, LIMITS.scanTextsMax);
      this.#keep(this.points, points, LIMITS.scanSpansMax);
    } catch {
      this.unreadable += 1;
    }
  }

  #counted(now: number): void {
    this.count += 1;
    this.isQuick ||= now - this.#last < QUICK_MS;
    this.#last = now;
  }

  #keep<T>(all: T[], more: readonly T[], max: number): void {
    const room = max - all.length;
    if (more.length > room) this.cut = true;
    all.push(...more.slice(0, Math.max(room, 0)));
  }
}

/** A path of a Unix socket, or a port of 127.0.0.1; 0 for any. */
export type At = string | number;

export async function startSink(at: At): Promise<Sink & { readonly port: number }> {
  const all = new Collecting();
  const http = createHttp((request, response) => void serveHttp(request, response, all));
  const http2 = createHttp2();
  http2.on('stream', (stream, headers) => void serveGrpc(stream, String(headers[':path']), all));
  http2.on('session', (session) => session.on('error', () => session.destroy()));
  const sockets = new Set<Socket>();
  const front = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', (first: Buffer) => {
      socket.pause();
      const isHttp2 = PREFACE.startsWith(first.toString('latin1', 0, PREFACE.length));
      socket.unshift(first);
      (isHttp2 ? http2 : http).emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  });
  await listen(front, at);
  const address = front.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    get count() {
      return all.count;
    },
    get isQuick() {
      return all.isQuick;
    },
    exports: () => all,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => front.close(() => resolve()));
    },
  };
}

/** Resolves when it listens; rejects with the system's error. */
export function listen(server: ReturnType<typeof createServer>, at: At): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const ready = (): void => resolve();
    if (typeof at === 'string') server.listen(at, ready);
    else server.listen(at, '127.0.0.1', ready);
  });
}

const SIGNALS: readonly Signal[] = ['traces', 'logs', 'metrics'];

/** `/v1/traces`, whatever stands before it. */
const signalOf = (path: string): Signal | undefined =>
  SIGNALS.find((signal) => new RegExp(`/v1/${signal}$`).test(path.split('?')[0] ?? ''));

async function serveHttp(
  request: IncomingMessage,
  response: ServerResponse,
  all: Collecting,
): Promise<void> {
  const signal = signalOf(request.url ?? '');
  const json = request.headers['content-type']?.startsWith('application/json') === true;
  try {
    const body = await bodyOf(request, request.headers['content-encoding']);
    if (signal === undefined) {
      response.writeHead(404).end();
      return;
    }
    all.take(signal, json ? 'json' : 'protobuf', json ? 'http/json' : 'http/protobuf', body);
    response.writeHead(200, {
      'content-type': json ? 'application/json' : 'application/x-protobuf',
    });
    response.end(json ? '{}' : undefined);
  } catch {
    all.unreadable += 1;
    response.writeHead(400, { connection: 'close' }).end();
    request.destroy();
  }
}

const SERVICES: Readonly<Record<string, Signal>> = {
  TraceService: 'traces',
  LogsService: 'logs',
  MetricsService: 'metrics',
};
const HEAD_BYTES = 5;

async function serveGrpc(stream: ServerHttp2Stream, path: string, all: Collecting): Promise<void> {
  stream.on('error', () => stream.destroy());
  const service = path.split('/').at(-2)?.split('.').at(-1) ?? '';
  const signal = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
  try {
    const body = await bodyOf(stream, undefined);
    const message = body.subarray(HEAD_BYTES);
    const plain = body[0] === 1 ? await inflated(message, 'gzip') : message;
    if (signal !== undefined) all.take(signal, 'protobuf', 'grpc', plain);
  } catch {
    all.unreadable += 1;
  }
  if (stream.destroyed) return;
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.end(Buffer.alloc(HEAD_BYTES));
}

async function bodyOf(request: Readable, encoding: string | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LIMITS.scanExportBytesMax) throw new Error('too large');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return encoding === undefined || encoding === 'identity' ? body : inflated(body, encoding);
}

function inflated(body: Buffer, encoding: string): Promise<Buffer> {
  if (encoding !== 'gzip' && encoding !== 'deflate' && encoding !== 'zstd')
    return Promise.reject(new Error('unknown encoding'));
  return unzip[encoding](body, { maxOutputLength: LIMITS.scanExportBytesMax }) as Promise<Buffer>;
}
