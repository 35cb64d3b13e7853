import type { IncomingMessage, ServerResponse } from 'node:http';
import { CodedError, LIMITS } from '@spoor/core';
import { decodeTraces, type TraceEncoding } from '@spoor/edge/otlp';
import { failureOf, successOf } from './answer.ts';
import { Room, readBody } from './body.ts';
import type { ForeignIntake } from './intake.ts';

export const TRACES_PATH = '/v1/traces';

export interface HttpIngestOptions {
  readonly intake: ForeignIntake;
  /** May this request send? Undefined for yes, or why not. */
  readonly refuses: (request: IncomingMessage) => CodedError | undefined;
  readonly bodyMs?: number;
}

const TYPES: Readonly<Record<string, TraceEncoding>> = {
  'application/x-protobuf': 'protobuf',
  'application/json': 'json',
};

/** google.rpc.Code of what can go wrong; whoever retries looks at the HTTP status. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  405: 12,
  408: 4,
  413: 3,
  415: 3,
  429: 8,
  503: 14,
};
const RPC_INTERNAL = 13;
const RETRY_AFTER_S = 5;

/** OTLP over HTTP, on Node's own server: only a decode stands between a body and its rows. */
export class HttpIngest {
  readonly #options: HttpIngestOptions;
  readonly #room = new Room(LIMITS.ingestBytesMax);

  constructor(options: HttpIngestOptions) {
    this.#options = options;
  }

  /** Never rejects; every request gets an answer. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { intake } = this.#options;
    const encoding = encodingOf(request);
    intake.count('ingestRequests');
    try {
      const accepted = await this.#take(request, encoding);
      send(response, 200, encoding ?? 'json', successOf(accepted, encoding ?? 'json'));
    } catch (error) {
      intake.count('ingestRefused');
      refuse(request, response, encoding ?? 'json', error);
    }
  }

  async #take(
    request: IncomingMessage,
    encoding: TraceEncoding | undefined,
  ): Promise<Awaited<ReturnType<ForeignIntake['take']>>> {
    const refusal = this.#options.refuses(request);
    if (refusal !== undefined) throw refusal;
    if (request.method !== 'POST') throw new CodedError('METHOD_NOT_ALLOWED');
    if (encoding === undefined) throw new CodedError('OTLP_ENCODING', 'content-type');
    if (Number(request.headers['content-length'] ?? 0) > LIMITS.otlpWireBytesMax)
      throw new CodedError('OTLP_TOO_LARGE', 'body');
    const { 'content-encoding': compression } = request.headers;
    const body = await readBody(request, compression, this.#room, this.#options.bodyMs);
    return this.#options.intake.take(decodeTraces(body, encoding));
  }
}

function encodingOf(request: IncomingMessage): TraceEncoding | undefined {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  encoding: TraceEncoding,
  error: unknown,
): void {
  const coded = error instanceof CodedError ? error : new CodedError('INTERNAL');
  const { http } = coded.row;
  const message = coded.detail === '' ? coded.row.message : `${coded.row.message}: ${coded.detail}`;
  if (http === 503) response.setHeader('retry-after', String(RETRY_AFTER_S));
  // What is still coming is not read: the connection ends with the answer.
  if (!request.complete) response.setHeader('connection', 'close');
  const body = failureOf(RPC_CODES[http] ?? RPC_INTERNAL, message, encoding);
  send(response, http, encoding, body);
  if (!request.complete) response.once('finish', () => request.destroy());
}

function send(
  response: ServerResponse,
  status: number,
  encoding: TraceEncoding,
  body: Buffer,
): void {
  if (response.destroyed || response.headersSent) return;
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
