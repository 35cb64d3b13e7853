import { createHash, randomUUID } from 'node:crypto';
import {
  digestText,
  type IdentityCall,
  type IdentityEvidence,
  type JsonObject,
  PROOF_TYPE,
  TXN_TYPE,
} from '@spoor/core';
import {
  CompactSign,
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWK,
} from 'jose';
import { type IdentityContext, type IdentityTrust, readTrust } from '../../src/identity/index.ts';

/** A maker of evidence, like any other that follows the standards: keys, tokens and proofs. */

const NOW_MS = 1_795_280_000_000;
export const NOW_S: number = NOW_MS / 1_000;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
export const TRACEPARENT: string = `00-${TRACE}-00f067aa0ba902b7-01`;
export const ISSUER = 'https://txn.example.test';
const AUDIENCE = 'spoor.example.test';

export interface KeyPair {
  readonly private: CryptoKey;
  readonly jwk: JWK;
  readonly alg: string;
}

export async function newKey(alg: string, kid?: string): Promise<KeyPair> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)), ...(kid === undefined ? {} : { kid }) };
  return { private: pair.privateKey, jwk, alg };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Signs whatever it is given: a forger does the same. */
export const sign = (
  claims: object | string,
  key: Pick<KeyPair, 'private' | 'alg'>,
  header: object,
): Promise<string> =>
  new CompactSign(Buffer.from(typeof claims === 'string' ? claims : JSON.stringify(claims)))
    .setProtectedHeader({ alg: key.alg, ...header })
    .sign(key.private, {
      crit: Object.fromEntries(
        ((header as { crit?: readonly string[] }).crit ?? []).map((name) => [name, true]),
      ),
    });

export const PARAMS: JsonObject = { name: 'pay', arguments: { to: 'a@example.com', sum: 7 } };

export const callOf = (params: JsonObject = PARAMS): IdentityCall => ({
  mth: 'tools/call',
  nm: String(params.name),
  rid: 7,
  dig: sha256(digestText(params)),
  tp: TRACEPARENT,
});

export class Maker {
  readonly issuerKey: KeyPair;
  readonly proofKey: KeyPair;
  #seq = 0;

  readonly #nowS: () => number;

  private constructor(issuerKey: KeyPair, proofKey: KeyPair, nowS: () => number) {
    this.issuerKey = issuerKey;
    this.proofKey = proofKey;
    this.#nowS = nowS;
  }

  static async make(
    alg = 'Ed25519',
    kid = 'i1',
    nowS: () => number = () => NOW_S,
    proofAlg = 'Ed25519',
  ): Promise<Maker> {
    return new Maker(await newKey(alg, kid), await newKey(proofAlg), nowS);
  }

  async txnClaims(over: object = {}): Promise<Record<string, unknown>> {
    return {
      iss: ISSUER,
      aud: AUDIENCE,
      iat: this.#nowS() - 10,
      exp: this.#nowS() + 240,
      jti: randomUUID(),
      txn: TRACE,
      sub: 'user-1',
      req_wl: 'spiffe://example.test/agent',
      scope: 'mcp',
      tctx: { sid: 's-1' },
      rctx: { lvl_basis: 'id_token' },
      cnf: { jkt: await calculateJwkThumbprint(this.proofKey.jwk), jwk: this.proofKey.jwk },
      ...over,
    };
  }

  async txn(over: object = {}, header: object = {}): Promise<string> {
    const head = { typ: TXN_TYPE, kid: this.issuerKey.jwk.kid, ...header };
    return sign(await this.txnClaims(over), this.issuerKey, head);
  }

  proofClaims(txn: string, over: object = {}): Record<string, unknown> {
    return {
      ath: sha256(txn),
      aud: 'crm',
      ...callOf(),
      seq: this.#seq++,
      iat: this.#nowS(),
      jti: randomUUID(),
      ...over,
    };
  }

  proof(txn: string, over: object = {}, header: object = {}): Promise<string> {
    const head = { typ: PROOF_TYPE, ...header };
    return sign(this.proofClaims(txn, over), this.proofKey, head);
  }

  async evidence(over: object = {}, txnOver: object = {}): Promise<IdentityEvidence> {
    const txn = await this.txn(txnOver);
    return evidenceOf(txn, await this.proof(txn, over));
  }

  /** What the owner's file says of this issuer. */
  row(over: object = {}): object {
    return {
      issuer: ISSUER,
      kind: 'txn-service',
      audience: AUDIENCE,
      algorithms: ['Ed25519', 'ES256', 'RS256'],
      keys: [this.issuerKey.jwk],
      ...over,
    };
  }

  trust(over: object = {}): IdentityTrust {
    return trustOf([this.row(over)]);
  }
}

export const evidenceOf = (
  txn: string,
  proof: string,
  call: IdentityCall = callOf(),
): IdentityEvidence => ({ meta: JSON.stringify({ v: 1, txn, proof }), call });

export const trustOf = (issuers: readonly object[], more: object = {}): IdentityTrust =>
  readTrust({ issuers, ...more }, 'trust.yml', { monotonicMs: () => 0 });

export const contextOf = (over: Partial<IdentityContext> = {}): IdentityContext => ({
  server: 'crm',
  session: 'hub-session-1',
  id: randomUUID(),
  nowMs: NOW_MS,
  ...over,
});
