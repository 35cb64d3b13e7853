import {
  IDENTITY_SKEW_S,
  type IdentityCall,
  type IdentityFailure,
  PROOF_TYPE,
  type ProofClaims,
  TXN_TYPE,
} from '@spoor/core';
import { type CheckedToken, PROOF_ALGORITHMS } from './check-token.ts';
import { readProofClaims } from './claims.ts';
import { checkSignature, readCompact } from './compact.ts';
import { type Checked, failed } from './failure.ts';
import { importKey, isForAlgorithm } from './select.ts';
import type { IdentityTrust } from './trust.ts';

/** Where and when a proof is looked at. */
export interface ProofContext {
  /** Names of the server that the call is for. */
  readonly hops: readonly string[];
  /** The hub's session. */
  readonly session: string;
  /** Id of the call. */
  readonly id: string;
  readonly call: IdentityCall;
  readonly nowMs: number;
}

/** Does it prove this very call, once, by the key that the token names? */
export async function checkProof(
  text: string,
  token: CheckedToken,
  context: ProofContext,
  trust: IdentityTrust,
): Promise<Checked<ProofClaims>> {
  const { binding } = token;
  if (binding === undefined) return failed('type');
  const read = readCompact(text, PROOF_ALGORITHMS);
  if (!read.ok) return read;
  if (read.value.type !== PROOF_TYPE) return failed('type');
  if (!isForAlgorithm(binding.key, read.value.algorithm)) return failed('algorithm');
  const key = await importKey(binding.key, read.value.algorithm);
  if (!key.ok) return failed('key-binding');
  const signed = await checkSignature(read.value, key.value);
  if (!signed.ok) return signed;
  const claims = readProofClaims(read.value.claims);
  if (!claims.ok) return claims;
  const mismatch = mismatchOf(claims.value, token, context);
  if (mismatch !== undefined) return failed(mismatch);
  const repeated = takeOnce(claims.value, token, context, trust);
  return repeated === undefined ? claims : failed(repeated);
}

function mismatchOf(
  proof: ProofClaims,
  { digest, type, binding }: CheckedToken,
  { hops, call, nowMs }: ProofContext,
): IdentityFailure | undefined {
  const trace = type === TXN_TYPE ? binding?.claims.txn : undefined;
  const ageS = nowMs / 1_000 - proof.iat;
  const checks: readonly (readonly [boolean, IdentityFailure])[] = [
    [proof.ath === digest, 'token-binding'],
    [hops.includes(proof.aud), 'hop'],
    [proof.mth === call.mth, 'method'],
    [proof.nm === call.nm, 'name'],
    [proof.rid === call.rid, 'request'],
    [proof.dig === call.dig, 'digest'],
    [proof.tp === call.tp, 'trace'],
    [trace === undefined || proof.tp?.slice(3, 35) === trace, 'trace'],
    [Math.abs(ageS) <= IDENTITY_SKEW_S, 'stale-proof'],
  ];
  return checks.find(([holds]) => !holds)?.[1];
}

/**
 * Only what holds otherwise is remembered, so that nobody without a key fills the memory. A retry
 * has a name and number of its own; the same ones again are a replay, like the same proof.
 */
function takeOnce(
  proof: ProofClaims,
  { issuer, binding }: CheckedToken,
  { session, id, nowMs }: ProofContext,
  { replays, sessions, startedMs }: IdentityTrust,
): IdentityFailure | undefined {
  if (binding === undefined) return 'type';
  // Times are whole seconds.
  if ((proof.iat + 1) * 1_000 < startedMs) return 'restarted';
  const { sub, tctx, cnf } = binding.claims;
  const { jti, idem, rtry = 0, aud } = proof;
  const tries = idem === undefined ? [] : [JSON.stringify([cnf.jkt, tctx.sid, aud, idem, rtry])];
  const taken = replays.take([`${cnf.jkt} ${jti}`, ...tries], id, nowMs);
  if (taken === 'replay') return 'replay';
  if (taken === 'full') return 'replay-cache-full';
  if (taken === 'again') return undefined;
  const step = { issuer: issuer.issuer, sid: tctx.sid, subject: sub, session, proof };
  const counted = sessions.take(step);
  return counted === 'ok' ? undefined : counted;
}
