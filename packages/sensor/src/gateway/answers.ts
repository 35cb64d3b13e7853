import type { ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode, type JsonRpcId } from '@spoor/core';
import type { Denials } from '../conversation.ts';

/** Where MCP or JSON-RPC has a code. */
const STANDARD_CODES: Partial<Record<ErrorCode, number>> = {
  HEADER_MISMATCH: -32_020,
  FRAME_UNREADABLE: -32_700,
};
/** Ours stand outside of what JSON-RPC and MCP keep for themselves: −31000 and the HTTP status. */
const OWN_CODES_FROM = -31_000;

/** Answers in Spoor's own name: fixed text and a code, whatever the cause. */
export function refuse(
  response: ServerResponse,
  code: ErrorCode,
  id: JsonRpcId | null = null,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const { http } = ERRORS[code];
  const body = errorBody(code, id);
  response.writeHead(http, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(body);
}

/** What the gateway itself has to say. */
export function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=60' });
  response.end(JSON.stringify(value));
}

/** An error of Spoor's own as JSON-RPC has it; `more` says which, in words that were checked. */
export function errorBody(code: ErrorCode, id: JsonRpcId | null, more: object = {}): string {
  const { http, message } = ERRORS[code];
  const number = STANDARD_CODES[code] ?? OWN_CODES_FROM - http;
  const error = { code: number, message, data: { code, ...more } };
  return JSON.stringify({ jsonrpc: '2.0', id, error });
}

/** The same where no response object exists: the request could not even be parsed. */
export function rawRefusal(code: ErrorCode): string {
  const { http } = ERRORS[code];
  const body = errorBody(code, null);
  return [
    `HTTP/1.1 ${http} Refused`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/** Denied calls, in the form that the client asked for: JSON, or an event each. */
export function answerDenied(
  response: ServerResponse,
  denials: Denials,
  accept: string,
  batch: boolean,
): void {
  const lines = denials.map((line) => Buffer.from(line).toString().trimEnd());
  const asEvents = !accept.includes('application/json') && accept.includes('text/event-stream');
  const body = asEvents ? lines.map(eventOf).join('') : batch ? `[${lines}]` : (lines[0] ?? '');
  response.writeHead(200, {
    'content-type': asEvents ? 'text/event-stream' : 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}

/** One line of JSON as a server-sent event. */
export const eventOf = (line: string): string => `event: message\ndata: ${line.trimEnd()}\n\n`;
