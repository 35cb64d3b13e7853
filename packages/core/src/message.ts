import type { Frame } from './frame.ts';
import { parseStrictJson, type UnreadableReason } from './json.ts';
import type { Era } from './observation.ts';

export type JsonRpcId = string | number;
export type JsonObject = { readonly [key: string]: unknown };

export interface Request {
  readonly kind: 'request';
  readonly id: JsonRpcId;
  readonly method: string;
  readonly params: JsonObject;
}

export interface Notification {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: JsonObject;
}

export interface Response {
  readonly kind: 'response';
  readonly id: JsonRpcId | null;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: unknown; readonly data?: unknown };
}

/**
 * Only protocol revision 2025-03-26 has batches; they are read so that nobody hides a call in one.
 */
export interface Batch {
  readonly kind: 'batch';
  readonly messages: readonly (Request | Notification | Response)[];
}

export type Message = Request | Notification | Response | Batch;

/** A frame that cannot be read exactly as a server might read it. */
export interface InvalidFrame {
  readonly kind: 'invalid';
  readonly reason: UnreadableReason;
}

/**
 * Shape: one line of UTF-8 JSON, JSON-RPC 2.0. Unknown members are ignored. Source: JSON-RPC 2.0
 * §4–6.
 */
export function parseMessage(frame: Frame): Message | InvalidFrame {
  if (frame.kind === 'part') return { kind: 'invalid', reason: 'too-large' };
  const json = parseStrictJson(frame.bytes);
  if (!json.ok) return { kind: 'invalid', reason: json.reason };
  return Array.isArray(json.value) ? readBatch(json.value) : (readOne(json.value) ?? NOT_RPC);
}

const NOT_RPC: InvalidFrame = { kind: 'invalid', reason: 'not-json-rpc' };

/** True for the blank lines that some servers print between messages. */
export const isBlank = (frame: Frame): boolean =>
  frame.bytes.every((byte) => byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09);

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// A number that is no safe integer may be another one to the next reader: an answer to it gets
// lost.
const isId = (value: unknown): value is JsonRpcId =>
  typeof value === 'string' || Number.isSafeInteger(value);

const ENVELOPE: ReadonlySet<string> = new Set([
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
]);
const PARAMS: ReadonlySet<string> = new Set(['name', 'arguments', 'uri', '_meta']);

/**
 * Some readers (Go's, for one) ignore case in member names: they would call the tool in `Name`
 * where Spoor judged the one in `name`. Both cases are folded, since `ſ` is an `s` to them too.
 */
const hasLookalike = (object: JsonObject, names: ReadonlySet<string>): boolean =>
  Object.keys(object).some((key) => !names.has(key) && names.has(fold(key)));

const fold = (key: string): string => key.toUpperCase().toLowerCase();

function readBatch(items: readonly unknown[]): Batch | InvalidFrame {
  const messages = items.map(readOne).filter((message) => message !== undefined);
  return messages.length === items.length && items.length > 0
    ? { kind: 'batch', messages }
    : NOT_RPC;
}

function readOne(value: unknown): Request | Notification | Response | undefined {
  if (!isObject(value) || value.jsonrpc !== '2.0') return undefined;
  if (hasLookalike(value, ENVELOPE)) return undefined;
  return value.method === undefined ? readResponse(value) : readCall(value);
}

function readCall({ id, method, params }: JsonObject): Request | Notification | undefined {
  // Arrays as params are legal JSON-RPC, but no MCP method has them.
  const object = isObject(params) ? params : {};
  if (typeof method !== 'string' || hasLookalike(object, PARAMS)) return undefined;
  if (isId(id)) return { kind: 'request', id, method, params: object };
  return id === undefined ? { kind: 'notification', method, params: object } : undefined;
}

function readResponse(value: JsonObject): Response | undefined {
  const { id, error } = value;
  if (!isId(id) && id !== null) return undefined;
  if (isObject(error)) return readError(id, error);
  return 'result' in value ? { kind: 'response', id, result: value.result } : undefined;
}

function readError(id: JsonRpcId | null, error: JsonObject): Response | undefined {
  const { code, message, data } = error;
  return typeof code === 'number'
    ? { kind: 'response', id, error: { code, message, data } }
    : undefined;
}

/** One key for one id: JSON-RPC tells the string "1" from the number 1. */
export const idKey = (id: JsonRpcId): string => (typeof id === 'string' ? `s${id}` : `n${id}`);

export const PROTOCOL_VERSION_META_KEY = 'io.modelcontextprotocol/protocolVersion';
const MODERN_FROM = '2026-07-28';

/** `_meta` of a request or result, empty where there is none. */
export function metaOf(container: unknown): JsonObject {
  const meta = isObject(container) ? container._meta : undefined;
  return isObject(meta) ? meta : {};
}

/**
 * Modern requests name their revision themselves; in legacy it is agreed on once, by `initialize`.
 */
export function eraOf(request: Request | Notification): Era {
  const version = metaOf(request.params)[PROTOCOL_VERSION_META_KEY];
  if (typeof version === 'string') return version >= MODERN_FROM ? 'modern' : 'legacy';
  return request.method === 'initialize' ? 'legacy' : 'unknown';
}
