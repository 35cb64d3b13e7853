/** The witness's door: C2SP tlog-witness over HTTP, and its figures. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedError, LIMITS } from '@spoor/core';
import type { Witness } from '@spoor/ledger/witness';

export interface ServeOptions {
  readonly witness: Witness;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Names, beside those of the loopback, by which logs call it. */
  readonly hosts: readonly string[];
  readonly metrics: () => string;
}

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Rejects with PORT_IN_USE or WITNESS_CONFIG. */
export async function serveWitness(options: ServeOptions): Promise<Served> {
  const names = new Set([...LOOPBACK, ...options.hosts.map((host) => host.toLowerCase())]);
  let underway = 0;
  const server = createServer((request, response) => {
    underway += 1;
    void answer(options, names, request, response, underway > LIMITS.witnessUnderwayMax)
      // A client that went away in between needs no answer.
      .catch(() => response.destroy())
      .finally(() => {
        underway -= 1;
      });
  });
  server.requestTimeout = LIMITS.witnessRequestMs;
  server.headersTimeout = LIMITS.witnessRequestMs;
  server.maxConnections = 4 * LIMITS.witnessUnderwayMax;
  await listen(server, options);
  const { address, port } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

const listen = (server: Server, { host, port }: ServeOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'PORT_IN_USE' : 'WITNESS_CONFIG';
      reject(new CodedError(code, `${host}:${port}`, error));
    });
    server.listen(port, host, resolve);
  });

async function answer(
  { witness, metrics }: ServeOptions,
  names: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
  busy: boolean,
): Promise<void> {
  const { headers, method, url = '' } = request;
  // A page in a browser can reach the loopback, by a name that it owns or directly.
  if (!names.has(hostnameOf(headers.host)) || headers.origin !== undefined) {
    return end(response, 421, 'the witness is not known by this name');
  }
  if (method === 'GET' && url === '/metrics') return end(response, 200, metrics());
  if (url !== '/add-checkpoint') return end(response, 404, 'there is nothing here');
  if (method !== 'POST') return end(response, 405, 'this takes POST', { allow: 'POST' });
  if (busy) return end(response, 503, 'too much is under way', { 'retry-after': '1' });
  const isLong = Number(headers['content-length'] ?? 0) > LIMITS.witnessBodyBytesMax;
  const body = isLong ? undefined : await readBody(request);
  if (body === undefined) {
    return end(response, 413, 'the request is too large', { connection: 'close' });
  }
  const said = await witness.add(body);
  return end(response, said.status, said.body, { 'content-type': said.contentType });
}

function end(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body.endsWith('\n') ? body : `${body}\n`);
}

/** Undefined where it is over the limit; the rest of it is not read. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > LIMITS.witnessBodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `localhost:80` is `localhost`; what is no host at all is ''. */
function hostnameOf(host: string | undefined): string {
  const [, name = ''] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host ?? '') ?? [];
  return name.toLowerCase();
}
