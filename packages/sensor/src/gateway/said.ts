import type { IncomingMessage } from 'node:http';
import {
  type Frame,
  isObject,
  type Message,
  parseMessage,
  parseStrictJson,
  type UnreadableReason,
} from '@spoor/core';
import { mediaType } from './headers.ts';

/** What a request says, as far as it could be read. */
export interface Said {
  readonly frame: Frame;
  readonly message?: Message;
  /** Why it could not be read. */
  readonly unreadable?: UnreadableReason;
}

/**
 * Reads a request's body. On an endpoint everything posted is a message. Elsewhere on the same
 * origin a server may answer to other spellings of its endpoint's path, so what looks like a
 * message there is taken for one; what is none is not ours to read.
 */
export function readSaid(
  { method, headers }: IncomingMessage,
  isEndpoint: boolean,
  bytes: Buffer,
): Said | undefined {
  if (method !== 'POST' || bytes.length === 0) return undefined;
  const frame: Frame = { bytes, kind: 'line' };
  const message = parseMessage(frame);
  if (message.kind !== 'invalid') return { frame, message };
  const said: Said = { frame, unreadable: message.reason };
  if (isEndpoint) return said;
  const isForm = mediaType(headers['content-type']) === 'application/x-www-form-urlencoded';
  if (isForm || !looksLikeJson(bytes)) return undefined;
  return message.reason === 'not-json-rpc' && !namesRpc(bytes) ? undefined : said;
}

const looksLikeJson = (bytes: Buffer): boolean =>
  /^[\s\ufeff]*[{[]/.test(bytes.toString('utf8', 0, 64));

/** `JsonRpc` too: some readers ignore case. */
function namesRpc(bytes: Buffer): boolean {
  const json = parseStrictJson(bytes);
  const values = json.ok ? [json.value].flat() : [];
  return values.some(
    (value) => isObject(value) && Object.keys(value).some((key) => /^jsonrpc$/i.test(key)),
  );
}
