import { createHmac } from 'node:crypto';
import {
  type ActClaim,
  type Clock,
  CodedError,
  type IdentityBasis,
  type Random,
  SESSION_OPEN_TYPE,
  type SessionOpenClaims,
  systemClock,
  systemRandom,
  TXN_LIFE_MAX_S,
  uuidv7,
} from '@spoor/core';
import { signed } from './jws.ts';
import type { AttestKey } from './key.ts';

/** A token that names the session, and the trace to which it is bound, where it is to one. */
export interface Token {
  readonly text: string;
  readonly trace?: string;
}

/** What calls are proved within; several clients may share one. */
export interface AttestSession {
  readonly key: AttestKey;
  /** The session's name, where it is known before there is a token. */
  readonly sid?: string;
  /** @param trace Trace id of the call, if it has one. */
  tokenFor(trace: string | undefined): Token | Promise<Token>;
}

export interface SessionOptions {
  readonly key: AttestKey;
  /** The user, by a name of yours. */
  readonly sub: string;
  /** Who says so; as the owner of the hub has registered it. Default: the key's thumbprint. */
  readonly iss?: string;
  /** The trust domain that it is for. */
  readonly aud?: string | readonly string[];
  /** Goes on with a session that was opened before. */
  readonly sid?: string;
  /** The agent that acts for the user, or a chain of them, nearest first. */
  readonly agent?: string | readonly string[];
  /** How you know the user. */
  readonly basis?: IdentityBasis;
  readonly amr?: readonly string[];
  /** When the user logged in, in seconds since the epoch. */
  readonly authTimeS?: number;
  /** The prompt that the session is for: only a keyed commitment to it is signed. */
  readonly intent?: string;
  /** Name of the policy under which it acts. */
  readonly policy?: string;
  /** Of one token, at most and by default five minutes; it is renewed under the same name. */
  readonly lifeS?: number;
  /** More claims, for whoever reads the evidence later. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface OpenedSession extends AttestSession {
  readonly sid: string;
  readonly iss: string;
  /**
   * What `intent` in its tokens commits to: keep the key to prove later which prompt it was.
   * Without it nobody can test guesses.
   */
  readonly intent?: { readonly commitment: string; readonly key: string };
  tokenFor(): Token;
}

/** The trust domain where nobody has named one. */
export const DEFAULT_AUDIENCE = 'spoor';
const LIFE_MIN_S = 10;

/** RFC 9278. */
export const keyIssuer = ({ jkt }: AttestKey): string =>
  `urn:ietf:params:oauth:jwk-thumbprint:sha-256:${jkt}`;

/**
 * Opens a session: says who the user is, signed with the workload's key. Throws ATTEST_SESSION
 * where what it is to say is out of form.
 */
export function openSession(options: SessionOptions): OpenedSession {
  const { key, clock = systemClock, random = systemRandom, lifeS = TXN_LIFE_MAX_S } = options;
  check(options, lifeS);
  const sid = options.sid ?? uuidv7(clock.nowMs(), random);
  const intent = options.intent === undefined ? undefined : commit(options.intent, random);
  const iss = options.iss ?? keyIssuer(key);
  const common = { ...lasting(options, iss), tctx: contextOf(options, sid, intent?.commitment) };
  let current: { readonly token: Token; readonly untilMs: number } | undefined;
  return {
    key,
    sid,
    iss,
    ...(intent === undefined ? {} : { intent }),
    tokenFor: () => {
      const nowMs = clock.nowMs();
      if (current !== undefined && nowMs < current.untilMs) return current.token;
      const iat = Math.floor(nowMs / 1_000);
      const jti = uuidv7(nowMs, random);
      const claims: SessionOpenClaims = { ...common, iat, exp: iat + lifeS, jti };
      const token = { text: signed(key, SESSION_OPEN_TYPE, { ...options.claims, ...claims }) };
      // Renewed early enough to arrive in time.
      current = { token, untilMs: (iat + lifeS * (1 - EARLY_SHARE)) * 1_000 };
      return token;
    },
  };
}

const EARLY_SHARE = 0.2;

function check({ sub, sid, claims }: SessionOptions, lifeS: number): void {
  const isLife = lifeS >= LIFE_MIN_S && lifeS <= TXN_LIFE_MAX_S;
  if (!isLife) throw new CodedError('ATTEST_SESSION', `lifeS: ${LIFE_MIN_S} to ${TXN_LIFE_MAX_S}`);
  if (!isName(sub)) throw new CodedError('ATTEST_SESSION', 'sub: 1 to 256 characters');
  if (sid !== undefined && !isName(sid))
    throw new CodedError('ATTEST_SESSION', 'sid: 1 to 256 characters');
  const own = Object.keys(claims ?? {}).find((name) => RESERVED.has(name));
  if (own !== undefined) throw new CodedError('ATTEST_SESSION', `claims.${own} is the session's`);
}

const isName = (text: string): boolean => text.length > 0 && text.length <= 256;

const RESERVED: ReadonlySet<string> = new Set(
  'iss aud iat exp nbf jti sub act req_wl scope txn tctx rctx cnf'.split(' '),
);

function lasting(
  { key, sub, aud = DEFAULT_AUDIENCE, agent, basis, amr, authTimeS }: SessionOptions,
  iss: string,
): Omit<SessionOpenClaims, 'iat' | 'exp' | 'jti' | 'tctx'> {
  const { kid: _, alg: __, use: ___, ...jwk } = key.jwk;
  const rctx = {
    ...(amr === undefined ? {} : { amr }),
    ...(authTimeS === undefined ? {} : { auth_time: authTimeS }),
    ...(basis === undefined ? {} : { lvl_basis: basis }),
  };
  const act = actOf(typeof agent === 'string' ? [agent] : (agent ?? []));
  return {
    iss,
    aud,
    sub,
    ...(act === undefined ? {} : { act }),
    req_wl: key.jkt,
    ...(Object.keys(rctx).length === 0 ? {} : { rctx }),
    cnf: { jkt: key.jkt, jwk },
  };
}

const actOf = ([nearest, ...others]: readonly string[]): ActClaim | undefined => {
  if (nearest === undefined) return undefined;
  const act = actOf(others);
  return { sub: nearest, ...(act === undefined ? {} : { act }) };
};

const contextOf = (
  { policy }: SessionOptions,
  sid: string,
  intent: string | undefined,
): SessionOpenClaims['tctx'] => ({
  sid,
  ...(intent === undefined ? {} : { intent }),
  ...(policy === undefined ? {} : { policy }),
});

function commit(prompt: string, random: Random): NonNullable<OpenedSession['intent']> {
  const key = random.bytes(32);
  const commitment = createHmac('sha256', key).update(prompt).digest('base64url');
  return { commitment, key: Buffer.from(key).toString('base64url') };
}
