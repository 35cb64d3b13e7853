import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  verify,
} from 'node:crypto';
import {
  type Clock,
  canonicalize,
  IDENTITY_META_KEY,
  isObject,
  type JsonObject,
  metaOf,
  type ProofClaims,
  readIdentityMeta,
  type SessionOpenClaims,
} from '@spoor/core';
import { expect } from 'vitest';
import { type AttestKey, attestKey } from '../../src/attest.ts';

/** A clock that a test sets. */
export class TestClock implements Clock {
  now = 1_800_000_000_000;
  nowMs(): number {
    return this.now;
  }
  monotonicMs(): number {
    return this.now;
  }
}

export const callOf = (id: number, more: object = {}): Record<string, unknown> => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name: 't', ...more },
});

export const ed25519 = (): AttestKey => attestKey(generateKeyPairSync('ed25519').privateKey);

export const es256 = (): AttestKey =>
  attestKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

const partOf = (token: string, n: number): JsonObject =>
  JSON.parse(Buffer.from(token.split('.')[n] ?? '', 'base64url').toString()) as JsonObject;

/** The claims of a JWS, if this key has signed it. */
export function claimsBy<Claims>(key: JsonWebKey, typ: string, token: string): Claims {
  const { alg, typ: said } = partOf(token, 0);
  expect([said, token.split('.').length]).toEqual([typ, 3]);
  const [head, payload, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const publicKey = createPublicKey({ key, format: 'jwk' });
  const hash = alg === 'ES256' ? 'sha256' : null;
  const signed = Buffer.from(`${head}.${payload}`);
  expect(verify(hash, signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(true);
  return partOf(token, 1) as Claims;
}

export interface Proved {
  readonly txn: string;
  readonly session: SessionOpenClaims;
  readonly proof: ProofClaims;
}

/** What a request that went out proves, checked against the request itself. */
export function provedBy(key: AttestKey, message: JsonObject): Proved {
  const params = isObject(message.params) ? message.params : {};
  const identity = readIdentityMeta(metaOf(params)[IDENTITY_META_KEY]);
  if (identity === undefined) throw new Error(`no proof on ${String(message.method)}`);
  const { txn } = identity;
  const session = claimsBy<SessionOpenClaims>(key.jwk, 'mcp-session-open+jwt', txn);
  const proof = claimsBy<ProofClaims>(key.jwk, 'mcp-call-proof+jwt', identity.proof);
  const { _meta, ...bare } = params;
  expect(proof).toMatchObject({
    ath: sha256(txn),
    mth: message.method,
    rid: message.id,
    dig: sha256(canonicalize(bare)),
  });
  expect(proof.nm).toBe(params.name ?? params.uri);
  expect(proof.tp).toBe(metaOf(params).traceparent);
  expect(session.cnf.jkt).toBe(key.jkt);
  return { txn, session, proof };
}

export const isProved = (message: JsonObject): boolean =>
  isObject(message.params) && IDENTITY_META_KEY in metaOf(message.params);
