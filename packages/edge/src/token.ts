import { CodedError, LIMITS, systemClock } from '@spoor/core';
import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { IssuerKeys, type KeySet } from './identity/issuer-keys.ts';
import { OutboundClient } from './outbound.ts';
import type { Claims } from './wire.ts';

export interface TokenPolicy {
  readonly issuer: string;
  /** Whom the token must be for: us, and nobody else's resource. */
  readonly audience: string;
  /** Where the issuer's keys are; what a token says of that is never looked at. */
  readonly keys: URL;
  readonly algorithms: readonly TokenAlgorithm[];
}

/** Asymmetric all of them: whoever can check a token must not be able to make one. */
export const TOKEN_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

export interface VerifiedToken {
  readonly status: 'verified';
  readonly claims: Claims;
  readonly scopes: ReadonlySet<string>;
  /** Whose data the subject may read, by the claims `tenant` or `tenants`. */
  readonly tenants?: readonly string[];
  readonly expiresMs: number;
}

export type TokenCheck =
  | VerifiedToken
  /** For our own counts and logs; a peer hears only that the token is no good. */
  | { readonly status: 'refused'; readonly reason: string }
  | { readonly status: 'unavailable' };

/** Clocks differ. */
const TOLERANCE_S = 60;

/** Checks tokens of one issuer (RFC 9068, RFC 8725). */
export class TokenVerifier {
  readonly #policy: TokenPolicy;
  readonly #keys: IssuerKeys;

  constructor(policy: TokenPolicy) {
    this.#policy = policy;
    this.#keys = new IssuerKeys(policy.keys, systemClock);
  }

  async verify(token: string): Promise<TokenCheck> {
    if (token.length > LIMITS.tokenCharsMax) return { status: 'refused', reason: 'too-large' };
    const first = await this.#tryWith(token, await this.#keys.get(false));
    // A key that nobody knows may be a new one.
    if (first.status !== 'refused' || first.reason !== 'unknown-key') return first;
    return this.#tryWith(token, await this.#keys.get(true));
  }

  close(): Promise<void> {
    return this.#keys.close();
  }

  async #tryWith(token: string, known: KeySet | undefined): Promise<TokenCheck> {
    if (known === undefined) return { status: 'unavailable' };
    const { issuer, audience, algorithms } = this.#policy;
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [...known.keys] }), {
        issuer,
        audience,
        algorithms: [...algorithms],
        clockTolerance: TOLERANCE_S,
        requiredClaims: ['sub', 'exp'],
      });
      return verified(payload, issuer);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey)
        return { status: 'refused', reason: 'unknown-key' };
      const coded = error instanceof errors.JOSEError ? error.code : 'ERR_UNKNOWN';
      return { status: 'refused', reason: coded.toLowerCase() };
    }
  }
}

function verified(payload: JWTPayload, issuer: string): TokenCheck {
  const { sub, exp, scope, scp, tenant, tenants } = payload;
  if (typeof sub !== 'string' || sub === '' || sub.length > SUBJECT_CHARS_MAX)
    return { status: 'refused', reason: 'subject' };
  const listed = Array.isArray(scp) ? scp.map(String) : [];
  const spaced = typeof scope === 'string' ? scope.split(' ') : [];
  const own = tenants ?? tenant;
  return {
    status: 'verified',
    claims: { issuer, subject: sub },
    scopes: new Set([...spaced, ...listed]),
    ...(own === undefined ? {} : { tenants: (Array.isArray(own) ? own : [own]).map(String) }),
    expiresMs: (exp ?? 0) * 1_000,
  };
}

const SUBJECT_CHARS_MAX = 256;

/** Where a token for an upstream is had in exchange for the client's (RFC 8693). */
export interface ExchangePolicy {
  readonly endpoint: URL;
  readonly clientId: string;
  readonly clientSecret: () => Promise<string>;
  readonly resource?: string;
  readonly audience?: string;
  readonly scope?: string;
}

export class TokenExchange {
  readonly #policy: ExchangePolicy;
  readonly #outbound: OutboundClient;

  constructor(policy: ExchangePolicy) {
    this.#policy = policy;
    this.#outbound = new OutboundClient({
      trustedHosts: [policy.endpoint.hostname],
      timeoutMs: LIMITS.tokenAnswerMs,
      responseBytesMax: LIMITS.tokenAnswerBytesMax,
    });
  }

  /** Throws TOKEN_EXCHANGE_FAILED, OUTBOUND_REFUSED or OUTBOUND_FAILED. */
  async exchange(token: string): Promise<{ readonly token: string; readonly expiresMs: number }> {
    const { endpoint, clientId, clientSecret, resource, audience, scope } = this.#policy;
    const form = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      ...(resource === undefined ? {} : { resource }),
      ...(audience === undefined ? {} : { audience }),
      ...(scope === undefined ? {} : { scope }),
    });
    const credentials = [clientId, await clientSecret()].map(encodeURIComponent).join(':');
    const headers = {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const answer = await this.#outbound.post(endpoint, headers, Buffer.from(form.toString()));
    return readAnswer(answer.status, answer.body);
  }

  close(): Promise<void> {
    return this.#outbound.close();
  }
}

function readAnswer(
  status: number,
  body: Uint8Array,
): { readonly token: string; readonly expiresMs: number } {
  if (status !== 200) throw new CodedError('TOKEN_EXCHANGE_FAILED', `status ${status}`);
  try {
    const { access_token: token, expires_in: seconds } = JSON.parse(Buffer.from(body).toString());
    if (typeof token !== 'string' || !isToken(token)) throw new Error('no token');
    const livesMs = typeof seconds === 'number' ? seconds * 1_000 : 60_000;
    return { token, expiresMs: Date.now() + livesMs };
  } catch (error) {
    throw new CodedError('TOKEN_EXCHANGE_FAILED', 'no token in the answer', error);
  }
}

/** RFC 6750 §2.1. */
export const isToken = (text: string): boolean =>
  text.length <= LIMITS.tokenCharsMax && /^[A-Za-z0-9\-._~+/]+=*$/.test(text);
