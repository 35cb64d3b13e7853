import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { LIMITS } from '@spoor/core';
import { type At, listen } from './sink.ts';

/** A request that the server made to its loopback neighbour. */
export interface DownstreamRequest {
  readonly method: string;
  readonly path: string;
  /** As it named us: `127.0.0.1:1234`, or by another name after a redirect. */
  readonly host: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The neighbour that tools call when they take a URL. */
export interface Downstream {
  readonly port: number;
  readonly requests: readonly DownstreamRequest[];
  /** What each answer holds, so that it can be told from all else. */
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 65_536;
/** Answers in this place send the caller to another name of the same neighbour. */
export const MOVED = '/moved/';

/** @param answer The body of every answer. */
export async function startDownstream(at: At, answer: string): Promise<Downstream> {
  const requests: DownstreamRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const { method = '', url = '', headers } = request;
      const host = headers.host ?? '';
      const flat = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
      if (requests.length < LIMITS.scanDownstreamMax)
        requests.push({ method, path: url, host, headers: Object.fromEntries(flat), body });
      if (url.startsWith(MOVED)) {
        const port = host.split(':')[1] ?? '';
        response.writeHead(302, {
          location: `http://localhost:${port}/${url.slice(MOVED.length)}`,
        });
        response.end();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/plain' }).end(answer);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await listen(server, at);
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    requests,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Never rejects: a body that breaks off is as long as it came. */
async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
    }
  } catch {
    request.destroy();
  }
  return Buffer.concat(chunks).toString('utf8');
}
