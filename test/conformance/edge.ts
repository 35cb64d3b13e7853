import type { IncomingMessage } from 'node:http';
import { classifyInboundRequest } from '@modelcontextprotocol/server';
import type { Message } from './message.ts';

/**
 * What Streamable HTTP asks of the server's side and stdio does not know: the era of a body, and
 * that the mirrored headers say the same as the body.
 */
export type Inbound =
  | { readonly kind: 'legacy' }
  | { readonly kind: 'modern' }
  | { readonly kind: 'refused'; readonly status: number; readonly error: RpcError };

interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

const MODERN = '2026-07-28';
const HEADER_MISMATCH = -32_020;
const UNSUPPORTED_VERSION = -32_022;

export const header = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

const refused = (error: RpcError, status = 400): Inbound => ({ kind: 'refused', status, error });

/** Methods whose target is mirrored in `Mcp-Name`, with the parameter that names it. */
const TARGET: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

const headersAgree = (request: IncomingMessage, { method = '', params }: Message): boolean => {
  if (header(request, 'mcp-method') !== method) return false;
  const target = TARGET[method];
  return target === undefined || header(request, 'mcp-name')?.trim() === params?.[target];
};

const classify = (request: IncomingMessage, body: Message | undefined) => {
  const version = header(request, 'mcp-protocol-version');
  const method = header(request, 'mcp-method');
  const name = header(request, 'mcp-name');
  return classifyInboundRequest({
    httpMethod: 'POST',
    ...(version === undefined ? {} : { protocolVersionHeader: version }),
    ...(method === undefined ? {} : { mcpMethodHeader: method }),
    ...(name === undefined ? {} : { mcpNameHeader: name }),
    body,
  });
};

export const inboundOf = (request: IncomingMessage, body: Message): Inbound => {
  const route = classify(request, body);
  if (route.kind === 'legacy') return { kind: 'legacy' };
  if (route.kind === 'reject') {
    const { code, message, data } = route;
    return refused({ code, message, ...(data === undefined ? {} : { data }) }, route.httpStatus);
  }
  const requested = route.classification.revision;
  if (requested !== MODERN) {
    const data = { supported: [MODERN], requested };
    return refused({ code: UNSUPPORTED_VERSION, message: 'Unsupported protocol version', data });
  }
  if (route.messageKind === 'request' && !headersAgree(request, body)) {
    return refused({ code: HEADER_MISMATCH, message: 'Headers and body differ' });
  }
  return { kind: 'modern' };
};
