import { type JsonObject, parseStrictText } from '@spoor/core';
import type { AttestKey } from './key.ts';

const encode = (value: JsonObject): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWS in compact form (RFC 7515). The header names the key and holds none. */
export function signed(key: AttestKey, typ: string, claims: object): string {
  const text = `${encode({ alg: key.alg, typ, kid: key.jwk.kid })}.${encode({ ...claims })}`;
  return `${text}.${Buffer.from(key.sign(text)).toString('base64url')}`;
}

/** What a token says, unchecked: it is its maker's, and only passed on. Undefined for no token. */
export function claimsOf(token: string): JsonObject | undefined {
  const [, payload = ''] = token.split('.');
  const json = parseStrictText(Buffer.from(payload, 'base64url').toString());
  return json.ok && typeof json.value === 'object' ? (json.value as JsonObject) : undefined;
}
