import { createHash } from 'node:crypto';
import { SESSION_OPEN_LIFE_MAX_S, SESSION_OPEN_TYPE, TXN_LIFE_MAX_S, TXN_TYPE } from '@spoor/core';
import { calculateJwkThumbprint, type JWK } from 'jose';
import {
  type BindingClaims,
  checkTimes,
  isFor,
  readBindingClaims,
  readTokenClaims,
  type TokenClaims,
} from './claims.ts';
import { checkSignature, readCompact, type Unverified } from './compact.ts';
import { type Checked, failed, held } from './failure.ts';
import type { KeySet } from './issuer-keys.ts';
import { importKey, isForAlgorithm, publicPart, selectKey } from './select.ts';
import type { IdentityTrust, Issuer } from './trust.ts';

/** A token whose signature, issuer, audience and form hold. */
export interface CheckedToken {
  readonly issuer: Issuer;
  readonly type: string;
  readonly claims: TokenClaims;
  /** With a token that names the key of proofs. */
  readonly binding?: { readonly claims: BindingClaims; readonly key: JWK };
  /** Base64url SHA-256 of its text. */
  readonly digest: string;
  /** The issuer's key that it was signed with, as it was then. */
  readonly jwk: JWK;
  /** Of that key, by RFC 7638. */
  readonly thumbprint: string;
  readonly generation: number;
}

/** Which kinds of tokens are asked for: such as come alone, or such as a proof comes with. */
type Use = 'bearer' | 'txn';

const BINDING_TYPES: ReadonlySet<string> = new Set([TXN_TYPE, SESSION_OPEN_TYPE]);

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

export async function checkToken(
  text: string,
  use: Use,
  trust: IdentityTrust,
  nowMs: number,
): Promise<Checked<CheckedToken>> {
  // Read once without trust, to see whose it says it is; nothing is asked for on its word but the
  // keys of an issuer that the owner has named.
  const read = readCompact(text, undefined);
  if (!read.ok) return read;
  const issuer = issuerOf(read.value, trust);
  if (issuer === undefined) return failed('unknown-issuer');
  const digest = digestOf(text);
  const known = await issuer.keys.get(false, trust.keysWaitMs);
  if (known === undefined) return failed('keys-unavailable');
  const cached = trust.tokens.get(digest, known.generation);
  const checked =
    cached === undefined ? await anew(text, digest, issuer, known, trust) : held(cached);
  if (!checked.ok) return checked;
  if (BINDING_TYPES.has(checked.value.type) !== (use === 'txn')) return failed('type');
  const times = timesOf(checked.value, nowMs);
  if (!times.ok) return times;
  trust.tokens.set(digest, checked.value);
  return checked;
}

function issuerOf({ claims }: Unverified, { issuers }: IdentityTrust): Issuer | undefined {
  const { iss, sub } = claims;
  if (typeof iss === 'string' && issuers.has(iss)) return issuers.get(iss);
  // A JWT-SVID is known by the trust domain of its subject.
  const [domain] = typeof sub === 'string' ? (/^spiffe:\/\/[^/]+/.exec(sub) ?? []) : [];
  const spiffe = domain === undefined ? undefined : issuers.get(domain);
  return spiffe?.kind === 'spiffe' ? spiffe : undefined;
}

async function anew(
  text: string,
  digest: string,
  issuer: Issuer,
  known: KeySet,
  trust: IdentityTrust,
): Promise<Checked<CheckedToken>> {
  const read = readCompact(text, issuer.algorithms);
  if (!read.ok) return read;
  const type = read.value.type ?? '';
  if (!issuer.types.includes(type)) return failed('type');
  const found = await keyFor(read.value, issuer, known, trust);
  if (!found.ok) return found;
  const { jwk, generation } = found.value;
  const key = await importKey(jwk, read.value.algorithm);
  if (!key.ok) return key;
  const signed = await checkSignature(read.value, key.value);
  if (!signed.ok) return signed;
  const kept = publicPart(jwk);
  const thumb = (await thumbprint(kept)) ?? '';
  const common = { issuer, type, digest, jwk: kept, thumbprint: thumb, generation };
  const { claims } = read.value;
  if (!BINDING_TYPES.has(type)) return bearerOf(claims, common);
  return bindingOf(claims, common, known.keys);
}

/** A key that nobody knows may be a new one: that is worth one question, not one for each call. */
async function keyFor(
  read: Unverified,
  { keys }: Issuer,
  known: KeySet,
  { keysWaitMs }: IdentityTrust,
): Promise<Checked<{ readonly jwk: JWK; readonly generation: number }>> {
  const first = selectKey(known.keys, read);
  if (first.ok) return held({ jwk: first.value, generation: known.generation });
  const newer = await keys.get(true, keysWaitMs);
  if (newer === undefined) return failed('keys-unavailable');
  const second = selectKey(newer.keys, read);
  return second.ok ? held({ jwk: second.value, generation: newer.generation }) : second;
}

type Common = Omit<CheckedToken, 'claims' | 'binding'>;

function bearerOf(payload: Unverified['claims'], common: Common): Checked<CheckedToken> {
  const claims = readTokenClaims(payload);
  if (!claims.ok) return claims;
  const { issuer, type } = common;
  if (!isFor(claims.value.aud, issuer.audiences)) return failed('audience');
  const { sub, iss, iat, jti, client_id: client } = claims.value;
  // Whose it is was read from the name of the subject's domain; what else it says must agree.
  if (issuer.kind === 'spiffe')
    return sub.startsWith(`${issuer.issuer}/`)
      ? held({ ...common, claims: claims.value })
      : failed('claims');
  if (iss !== issuer.issuer) return failed('claims');
  const needed = type === ID_JAG_TYPE ? [iat, jti, client] : [iat];
  if (needed.includes(undefined)) return failed('claims');
  return held({ ...common, claims: claims.value });
}

/** Identity assertion of an IdP for another authorization server. */
export const ID_JAG_TYPE = 'oauth-id-jag+jwt';

async function bindingOf(
  payload: Unverified['claims'],
  common: Common,
  issuerKeys: readonly JWK[],
): Promise<Checked<CheckedToken>> {
  const read = readBindingClaims(payload);
  if (!read.ok) return read;
  const { issuer, type } = common;
  const claims = read.value;
  if (!isFor(claims.aud, issuer.audiences)) return failed('audience');
  const needed = type === TXN_TYPE ? [claims.txn, claims.req_wl, claims.scope] : [];
  if (claims.iss !== issuer.issuer || needed.includes(undefined)) return failed('claims');
  const key = await proofKey(claims.cnf, issuerKeys);
  if (!key.ok) return key;
  return held({ ...common, claims, binding: { claims, key: key.value } });
}

/** The key of proofs is in the token, under the issuer's signature, or is one of the issuer's. */
async function proofKey(
  { jkt, jwk }: BindingClaims['cnf'],
  issuerKeys: readonly JWK[],
): Promise<Checked<JWK>> {
  const candidates = jwk === undefined ? issuerKeys : [publicPart(jwk as JWK)];
  for (const key of candidates) {
    if (!PROOF_ALGORITHMS.some((algorithm) => isForAlgorithm(key, algorithm))) continue;
    if ((await thumbprint(key)) === jkt) return held(key);
  }
  return failed('key-binding');
}

export const PROOF_ALGORITHMS = ['Ed25519', 'ES256', 'EdDSA'] as const;

const thumbprint = (key: JWK): Promise<string | undefined> =>
  calculateJwkThumbprint(key).catch(() => undefined);

function timesOf({ type, claims }: CheckedToken, nowMs: number): Checked<true> {
  if (type === TXN_TYPE) return checkTimes(claims, nowMs, TXN_LIFE_MAX_S);
  if (type === SESSION_OPEN_TYPE) return checkTimes(claims, nowMs, SESSION_OPEN_LIFE_MAX_S);
  return checkTimes(claims, nowMs);
}
