import type { ClaimedSubject, Principal } from '@spoor/core';
import { pseudonymOf } from './pseudonym.ts';

/**
 * The same principal, with whom a token names that nobody has checked. Under a prefix of its own,
 * so that no forged token can be taken for a person who was proved.
 */
export function withClaim(
  principal: Principal,
  { issuer, subject }: ClaimedSubject,
  key: Uint8Array,
): Principal {
  const named = JSON.stringify(['claimed', issuer, subject]);
  return {
    ...principal,
    evidence: [...principal.evidence, 'unchecked-token'],
    claimed: { sub_p: pseudonymOf(key, named) },
  };
}
