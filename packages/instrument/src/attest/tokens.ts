import { type Clock, CodedError, isObject, systemClock } from '@spoor/core';
import { claimsOf } from './jws.ts';
import type { AttestKey } from './key.ts';
import type { AttestSession, Token } from './session.ts';

export interface TokenOptions {
  /** The key that the tokens name (`cnf`). */
  readonly key: AttestKey;
  /**
   * Gets a Transaction Token from whoever makes them, for calls of this trace. Asked again before
   * the last one has run out.
   */
  readonly txn: (trace: string | undefined) => string | Promise<string>;
  readonly clock?: Clock;
}

interface Held extends Token {
  readonly renewMs: number;
  readonly untilMs: number;
}

/** Traces whose tokens are kept. */
const TRACES_MAX = 256;
const RENEW_EARLY_MS = 60_000;
/** A token that runs out this soon would arrive too late. */
const USABLE_MS = 5_000;

/** A session by tokens of somebody else, who has seen the user: a token service, an IdP. */
export function tokenSession({ key, txn, clock = systemClock }: TokenOptions): AttestSession {
  const held = new Map<string, Held>();
  const asking = new Map<string, Promise<Held>>();
  const ask = (name: string, trace: string | undefined): Promise<Held> => {
    const known = asking.get(name);
    if (known !== undefined) return known;
    const asked = Promise.resolve()
      .then(() => txn(trace))
      .then((text) => readToken(text, key))
      .then((token) => {
        const [oldest] = held.keys();
        if (held.size >= TRACES_MAX && oldest !== undefined) held.delete(oldest);
        held.set(name, token);
        return token;
      })
      .finally(() => asking.delete(name));
    asking.set(name, asked);
    return asked;
  };
  return {
    key,
    tokenFor: (trace) => {
      const name = trace ?? '';
      const known = held.get(name);
      const nowMs = clock.nowMs();
      if (known === undefined || nowMs > known.untilMs) return ask(name, trace);
      // The next one comes while this one still holds; whoever needs it then hears of a failure.
      if (nowMs > known.renewMs) ask(name, trace).catch(() => undefined);
      return known;
    },
  };
}

/** Throws ATTEST_TOKEN where it is none, or for another key. */
function readToken(text: string, key: AttestKey): Held {
  const claims = claimsOf(text) ?? {};
  const { exp, iat, txn, cnf } = claims;
  if (typeof exp !== 'number' || !isObject(cnf)) throw new CodedError('ATTEST_TOKEN', 'exp or cnf');
  if (cnf.jkt !== key.jkt) throw new CodedError('ATTEST_TOKEN', 'it names another key');
  const lifeMs = (exp - (typeof iat === 'number' ? iat : exp)) * 1_000;
  return {
    text,
    ...(typeof txn === 'string' ? { trace: txn } : {}),
    untilMs: exp * 1_000 - USABLE_MS,
    renewMs: exp * 1_000 - Math.min(RENEW_EARLY_MS, lifeMs / 4),
  };
}

/** The session's name, as its token says. */
export function sidOf(token: string): string {
  const tctx = claimsOf(token)?.tctx;
  return isObject(tctx) && typeof tctx.sid === 'string' ? tctx.sid : '';
}
