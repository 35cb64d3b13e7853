import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { createMcpHandler, type McpHttpHandler } from '@modelcontextprotocol/server';
import { LIMITS } from '@spoor/core';
import type { Caller } from '../caller.ts';
import type { QueryServer } from '../server.ts';
import type { Admission } from './admission.ts';
import { doorkeeper } from './doors.ts';
import { SseStreams } from './sse.ts';

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  /** `sse` has the old transport beside the new one. */
  readonly mode: 'http' | 'sse';
  /** Names, beside those of the loopback, by which clients may call. */
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  /** Comments on streams, so that nothing between closes them; 0 for none. */
  readonly heartbeatMs: number;
  readonly admission: Admission;
}

export interface RunningHttp {
  readonly port: number;
  /**
   * Takes nothing new, lets calls end, and then ends.
   *
   * @param delayMs How long others may take to notice that this server is no longer ready.
   */
  close(delayMs?: number): Promise<void>;
}

/** How long headers and bodies may take to come. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const GUARDED: ReadonlySet<string> = new Set(['/mcp', '/sse', '/message', '/metrics']);

export async function serveHttp(query: QueryServer, options: HttpOptions): Promise<RunningHttp> {
  const routes = new Routes(query, options);
  const server = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, maxHeaderSize: 16_384 },
    getRequestListener((request) => routes.answer(request), { overrideGlobalObjects: false }),
  );
  server.maxConnections = LIMITS.queryConnectionsMax;
  server.listen({ host: options.host, port: options.port });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  query.log.info('listening', { transport: options.mode, port });
  return { port, close: (delayMs = 0) => drained(server, query, routes, delayMs) };
}

async function drained(
  server: Server,
  query: QueryServer,
  routes: Routes,
  delayMs: number,
): Promise<void> {
  routes.ready = false;
  await delay(delayMs);
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const untilMs = performance.now() + LIMITS.queryDrainMs;
  while (query.gate.underWay > 0 && performance.now() < untilMs) await delay(50);
  await routes.close();
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), 1_000);
  await closed;
  clearTimeout(late);
  query.log.info('ended', {});
}

const TEXT = {
  'content-type': 'text/plain; charset=utf-8',
  'x-content-type-options': 'nosniff',
} as const;

const said = (text: string, status = 200): Response =>
  new Response(`${text}\n`, { status, headers: TEXT });

class Routes {
  ready = true;
  readonly #query: QueryServer;
  readonly #options: HttpOptions;
  readonly #mcp: McpHttpHandler;
  readonly #streams: SseStreams;
  readonly #refusal: (request: Request) => Response | undefined;
  /** Whom a request in hand is from: its factory is told nothing else. */
  readonly #callers = new WeakMap<object, Caller>();

  constructor(query: QueryServer, options: HttpOptions) {
    this.#query = query;
    this.#options = options;
    this.#refusal = doorkeeper(options.hosts, options.origins);
    this.#streams = new SseStreams(query, options.heartbeatMs);
    this.#mcp = createMcpHandler(
      ({ authInfo }) => {
        const caller =
          authInfo?.extra === undefined ? undefined : this.#callers.get(authInfo.extra);
        return query.serve(caller ?? NOBODY);
      },
      {
        keepAliveMs: options.heartbeatMs,
        maxRequestBodySize: LIMITS.queryMessageBytesMax,
        maxSubscriptions: LIMITS.queryStreamsMax,
        onerror: () => query.log.debug('protocol', {}),
      },
    );
  }

  async answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    // Whoever probes calls by an address, and learns nothing else.
    if (pathname === '/health/liveness') return said('OK');
    if (pathname === '/health/readiness')
      return this.ready ? said('Ready') : said('Not ready', 503);
    this.#query.metrics.requested();
    const refusal = this.#refusal(request);
    if (refusal !== undefined) return refusal;
    const { admission } = this.#options;
    if (admission.metadata?.path === pathname) return Response.json(admission.metadata.document);
    if (!GUARDED.has(pathname)) return said('Not found', 404);
    const admitted = await admission.admit(request);
    if (admitted.status === 'refused') return admitted.response;
    return this.#routed(pathname, request, admitted.caller);
  }

  async close(): Promise<void> {
    await Promise.all([this.#mcp.close(), this.#streams.close()]);
    await this.#options.admission.close();
  }

  #routed(pathname: string, request: Request, caller: Caller): Promise<Response> | Response {
    const { method } = request;
    if (pathname === '/metrics') return this.#metrics();
    if (pathname === '/mcp') {
      const extra = {};
      this.#callers.set(extra, caller);
      const authInfo = { token: '', clientId: caller.id, scopes: [], extra };
      return this.#mcp.fetch(request, { authInfo });
    }
    if (this.#options.mode !== 'sse') return said('Not found', 404);
    if (pathname === '/sse' && method === 'GET') return this.#streams.open(caller);
    if (pathname === '/message' && method === 'POST') return this.#streams.post(request, caller);
    return said('Method not allowed', 405);
  }

  #metrics(): Response {
    const { metrics, gate } = this.#query;
    return new Response(metrics.text(gate.refused), {
      headers: { ...TEXT, 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    });
  }
}

/** A request that came past the door, which does not happen, may do nothing. */
const NOBODY: Caller = { id: 'nobody', permissions: new Set() };
