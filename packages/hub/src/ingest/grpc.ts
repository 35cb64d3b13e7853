import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { CodedError, LIMITS } from '@spoor/core';
import { decodeTraces } from '@spoor/edge/otlp';
import { successOf } from './answer.ts';
import { Room, readBody } from './body.ts';
import type { ForeignIntake } from './intake.ts';

export interface GrpcIngestOptions {
  readonly intake: ForeignIntake;
  readonly isBearer: (header: string | undefined) => boolean;
}

const PATH = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const STREAMS_MAX = 32;
const IDLE_MS = 300_000;
/** A byte that says whether the message is compressed, and its length. */
const HEAD_BYTES = 5;

/** Status codes of gRPC. */
const OK = 0;
const INTERNAL = 13;
const CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  404: 12,
  408: 4,
  413: 3,
  415: 12,
  // Exporters try again by themselves after this one.
  503: 14,
};

const inflate = promisify(gunzip);

/**
 * OTLP over gRPC: its one method, a request and a response of one message each, on Node's own
 * HTTP/2.
 */
export class GrpcIngest {
  readonly #options: GrpcIngestOptions;
  readonly #room = new Room(LIMITS.ingestBytesMax);
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #server: Http2Server;

  constructor(options: GrpcIngestOptions) {
    this.#options = options;
    this.#server = createServer({ settings: { maxConcurrentStreams: STREAMS_MAX } });
    this.#server.maxConnections = LIMITS.ingestConnectionsMax;
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.setTimeout(IDLE_MS, () => session.close());
      session.on('error', () => session.destroy());
      session.on('close', () => this.#sessions.delete(session));
    });
    this.#server.on('stream', (stream, headers) => void this.#serve(stream, headers));
  }

  /** Rejects with PORT_IN_USE. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'EADDRINUSE' ? new CodedError('PORT_IN_USE', String(port)) : error),
      );
      this.#server.listen(port, host, () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  close(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Never rejects. */
  async #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const { intake } = this.#options;
    stream.on('error', () => stream.destroy());
    intake.count('ingestRequests');
    try {
      succeed(stream, await this.#export(stream, headers));
    } catch (error) {
      intake.count('ingestRefused');
      fail(stream, error);
    }
  }

  async #export(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<Buffer> {
    const { intake, isBearer } = this.#options;
    if (!isBearer(headers.authorization)) throw new CodedError('UNAUTHORIZED');
    if (headers[':path'] !== PATH) throw new CodedError('NOT_FOUND', 'method');
    if (headers['content-type']?.startsWith('application/grpc') !== true)
      throw new CodedError('OTLP_ENCODING', 'content-type');
    const body = await readBody(stream, undefined, this.#room);
    const message = await messageIn(body, headers['grpc-encoding']);
    return successOf(await intake.take(decodeTraces(message, 'protobuf')), 'protobuf');
  }
}

/** The one message that a request has. */
async function messageIn(body: Buffer, encoding: string | string[] | undefined): Promise<Buffer> {
  const length = body.length < HEAD_BYTES ? -1 : body.readUInt32BE(1);
  if (length !== body.length - HEAD_BYTES) throw new CodedError('OTLP_INVALID', 'message');
  const message = body.subarray(HEAD_BYTES);
  if (body[0] === 0) return message;
  if (body[0] !== 1) throw new CodedError('OTLP_INVALID', 'message');
  if (encoding !== 'gzip') throw new CodedError('OTLP_ENCODING', 'grpc-encoding');
  try {
    return await inflate(message, { maxOutputLength: LIMITS.otlpInflatedBytesMax });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new CodedError(tooLarge ? 'OTLP_TOO_LARGE' : 'OTLP_INVALID', 'compression');
  }
}

const HEADERS = {
  ':status': 200,
  'content-type': 'application/grpc',
  'grpc-accept-encoding': 'identity,gzip',
} as const;

function succeed(stream: ServerHttp2Stream, message: Buffer): void {
  if (stream.destroyed) return;
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(message.length, 1);
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(OK) }));
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.end(Buffer.concat([head, message]));
}

function fail(stream: ServerHttp2Stream, error: unknown): void {
  if (stream.destroyed || stream.headersSent) return;
  const { row, detail } = error instanceof CodedError ? error : new CodedError('INTERNAL');
  const message = detail === '' ? row.message : `${row.message}: ${detail}`;
  stream.respond(
    {
      ...HEADERS,
      'grpc-status': String(CODES[row.http] ?? INTERNAL),
      'grpc-message': encodeURIComponent(message),
    },
    { endStream: true },
  );
  // What is still coming is not read.
  if (!stream.readableEnded) stream.close();
}
