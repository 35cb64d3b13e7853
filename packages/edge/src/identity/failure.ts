import type { IdentityFailure } from '@spoor/core';

/**
 * These say that nothing could be found out: the level stays `unverified`, and the reason is
 * counted. Every other failure is of evidence that was looked at and is wrong: a conflict.
 */
const UNDECIDED: ReadonlySet<IdentityFailure> = new Set([
  'unknown-issuer',
  'keys-unavailable',
  'expired',
  'not-yet-valid',
  'replay-cache-full',
  'restarted',
  'no-request',
]);

export const isConflict = (failure: IdentityFailure): boolean => !UNDECIDED.has(failure);

/** What a step of the verification gives: a value, or the reason why there is none. */
export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: IdentityFailure };

export const held = <Value>(value: Value): Checked<Value> => ({ ok: true, value });
export const failed = (failure: IdentityFailure): Checked<never> => ({ ok: false, failure });
