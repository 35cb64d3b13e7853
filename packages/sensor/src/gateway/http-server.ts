import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, LIMITS } from '@spoor/core';
import { rawRefusal } from './answers.ts';
import type { Counts } from './counts.ts';
import type { GatewayTiming } from './options.ts';

const CHECK_EVERY_MS = 1_000;

/** Node's own server with everything that it can be strict about. */
export function createHttpServer(
  timing: Partial<GatewayTiming>,
  counts: Counts,
  receive: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const { headerMs = LIMITS.gatewayHeaderMs, requestMs = LIMITS.gatewayRequestMs } = timing;
  const server = createServer({
    maxHeaderSize: LIMITS.gatewayHeaderBytesMax,
    headersTimeout: Math.min(headerMs, requestMs),
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, headerMs),
    insecureHTTPParser: false,
    noDelay: true,
  });
  server.maxConnections = LIMITS.gatewayConnectionsMax;
  server.maxRequestsPerSocket = LIMITS.gatewayConnectionRequestsMax;
  server.on('request', receive);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    const declared = Number(request.headers['content-length'] ?? 0);
    // Who says that too much is coming is answered before it comes.
    if (declared <= LIMITS.gatewayBodyBytesMax) response.writeContinue();
    receive(request, response);
  });
  server.on('clientError', (error, socket) => malformed(error, socket as Socket, counts));
  return server;
}

const NAMED: Partial<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'GATEWAY_SLOW',
  HPE_HEADER_OVERFLOW: 'GATEWAY_HEADERS_TOO_LARGE',
};

/** The parser refuses what is ambiguous or too slow; the client gets a code for it. */
function malformed({ code = '' }: NodeJS.ErrnoException, socket: Socket, counts: Counts): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = NAMED[code] ?? 'GATEWAY_REQUEST';
  counts.add(refusal);
  socket.end(rawRefusal(refusal));
}
