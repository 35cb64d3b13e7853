import type { IncomingHttpHeaders } from 'node:http';
import {
  fromBase64,
  metaOf,
  type Notification,
  PROTOCOL_VERSION_META_KEY,
  type Request,
  toBase64,
} from '@spoor/core';

/** Where the body has what `Mcp-Name` mirrors. */
const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

const MODERN_FROM = '2026-07-28';
const isModern = (version: string | undefined): boolean =>
  version !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(version) && version >= MODERN_FROM;

/**
 * In the modern era headers mirror the body (SEP-2243). Whoever decides by the one and acts by the
 * other can be told two stories, so a message that tells two is refused. A header that is missing
 * tells nothing: that is the server's to judge.
 */
export function isMirrored(message: Request | Notification, headers: IncomingHttpHeaders): boolean {
  const said = textOf(headers['mcp-protocol-version']);
  const claimed = metaOf(message.params)[PROTOCOL_VERSION_META_KEY];
  if (claimed === undefined && !isModern(said)) return true;
  if (claimed !== undefined && said !== undefined && said !== claimed) return false;
  if (claimed === undefined && message.method === 'initialize') return false;
  const method = textOf(headers['mcp-method']);
  if (method !== undefined && method !== message.method) return false;
  return message.kind === 'notification' || nameAgrees(message, textOf(headers['mcp-name']));
}

/** The header that has to mirror what this request names, if it names something. */
export function mirroredName({ method, params }: Request): readonly string[] {
  const member = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method] : undefined;
  return member === undefined || params[member] === undefined ? [] : ['mcp-name'];
}

/** What mirrors a modern message, as names and values in turn. */
export function mirrorOf(message: Request | Notification, version: string): string[] {
  const headers = ['MCP-Protocol-Version', version, 'Mcp-Method', encodeHeader(message.method)];
  const member = Object.hasOwn(NAMED_BY, message.method) ? NAMED_BY[message.method] : undefined;
  const name = member === undefined ? undefined : message.params[member];
  return message.kind === 'request' && typeof name === 'string'
    ? [...headers, 'Mcp-Name', encodeHeader(name)]
    : headers;
}

function nameAgrees({ method, params }: Request, header: string | undefined): boolean {
  const member = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method] : undefined;
  if (member === undefined || header === undefined) return true;
  const name = decodeHeader(header);
  return name !== undefined && (params[member] === undefined || params[member] === name);
}

const textOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value?.replace(/^[ \t]+|[ \t]+$/g, '');

const ENCODED = /^=\?base64\?(.*)\?=$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What a header cannot carry as it is goes as `=?base64?…?=`; so does what looks like that. */
export const encodeHeader = (value: string): string =>
  /^[!-~]([\t -~]*[!-~])?$/.test(value) && !ENCODED.test(value)
    ? value
    : `=?base64?${toBase64(encoder.encode(value))}?=`;

const encoder = new TextEncoder();

/** A value that no header can carry comes as `=?base64?…?=`. Undefined where that is malformed. */
function decodeHeader(value: string): string | undefined {
  const [, encoded] = ENCODED.exec(value) ?? [];
  if (encoded === undefined) return value;
  const bytes = BASE64.test(encoded) ? fromBase64(encoded) : undefined;
  if (bytes === undefined) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
