import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type DecodedSpan, decodeSpans } from './otlp.ts';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  readonly spans: readonly DecodedSpan[];
}

/** A backend on loopback that keeps what it gets. */
export interface Backend {
  readonly endpoint: string;
  readonly received: Received[];
  /** Answers, in order; then 200. */
  readonly answers: { status: number; headers?: Record<string, string>; body?: Uint8Array }[];
  stop(): void;
}

/** @param port 0 takes any free one; a port that was used before brings a backend back. */
export async function startBackend(port = 0): Promise<Backend> {
  const received: Received[] = [];
  const answers: Backend['answers'] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const path = request.url ?? '';
    const spans = path === '/v1/traces' ? decodeSpans(body) : [];
    received.push({ path, headers: request.headers, body, spans });
    const answer = answers.shift() ?? { status: 200 };
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(stop);
  const { port: bound } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${bound}`, received, answers, stop };
}

export const spansOf = ({ received }: Backend): DecodedSpan[] =>
  received.flatMap(({ spans }) => spans);
