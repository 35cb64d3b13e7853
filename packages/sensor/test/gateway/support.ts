import { mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { locateHome } from '@spoor/edge/home';
import { onTestFinished } from 'vitest';
import { type Gateway, startGateway } from '../../src/gateway/index.ts';
import type { GatewayOptions, UpstreamOptions } from '../../src/gateway/options.ts';
import { STDIO_TRUST } from '../../src/trust.ts';

const RULES = fileURLToPath(new URL('../../../../rules', import.meta.url));

export interface Running {
  readonly port: number;
  readonly url: string;
}

/** A server of the test's own, on a free port. */
export async function upstream(listener: RequestListener): Promise<Running> {
  const server = createServer({ requestTimeout: 0 }, listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/mcp` };
}

/** A gateway before it, without a hub: it decides alone. */
export async function gatewayTo(
  url: string,
  more: Partial<GatewayOptions> & { readonly upstream?: Partial<UpstreamOptions> } = {},
): Promise<Gateway & Running> {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-gateway-'));
  const { upstream: one, ...options } = more;
  const gateway = await startGateway({
    upstreams: [
      {
        name: 'server',
        url: new URL(url),
        path: new URL(url).pathname,
        host: 'upstream',
        trust: STDIO_TRUST,
        ...one,
      },
    ],
    listen: '127.0.0.1',
    port: 0,
    hosts: [],
    origins: [],
    home: locateHome({ SPOOR_HOME: folder }),
    version: '0.0.0',
    rulesFolder: RULES,
    ...options,
  });
  onTestFinished(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });
  const { port } = gateway;
  return {
    port,
    url: `http://127.0.0.1:${port}/mcp`,
    get counts() {
      return gateway.counts;
    },
    close: () => gateway.close(),
  };
}

export const call = (id: unknown, name = 'read', more: object = {}): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name, arguments: {}, ...more },
  });

export const MODERN = '2026-07-28';

export const modernCall = (id: unknown, name = 'read'): string =>
  call(id, name, {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': MODERN,
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  });

export const post = (
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body,
  });

/** Bytes on a bare connection, and all that comes back until it closes. */
export function raw(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.setTimeout(30_000, () => {
      socket.destroy();
      reject(new Error('the connection stayed open'));
    });
    for (const part of parts) socket.write(part);
  });
}

/** A request whose answer is read as it comes. */
export function open(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const request = httpRequest(url, { method, headers, agent: false }, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

export async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  return textOf(request);
}

export const result = (id: unknown, value: object = { content: [] }): string =>
  JSON.stringify({ jsonrpc: '2.0', id, result: value });

/** Asks until it is so. */
export async function until(is: () => boolean, ms = 30_000): Promise<void> {
  const end = performance.now() + ms;
  while (!is()) {
    if (performance.now() > end) throw new Error('never came');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
