/** Why evidence did not hold, as codes of ours: they are counted and shown, and hold no content. */
export const IDENTITY_FAILURES = [
  'malformed',
  'too-large',
  'algorithm',
  'type',
  'critical-header',
  'signature',
  'unknown-issuer',
  'unknown-key',
  'keys-unavailable',
  'claims',
  'audience',
  'expired',
  'not-yet-valid',
  'lifetime',
  'delegation',
  'key-binding',
  'token-binding',
  'hop',
  'method',
  'name',
  'request',
  'digest',
  'trace',
  'stale-proof',
  'replay',
  'sequence',
  'session',
  'subject',
  'sources-differ',
  'replay-cache-full',
  'restarted',
  'no-request',
] as const;
export type IdentityFailure = (typeof IDENTITY_FAILURES)[number];

/** What a level rests on, and why evidence was not looked at, as codes. */
const IDENTITY_SOURCES = [
  'process',
  'enrolled',
  'access-token',
  'id-jag',
  'jwt-svid',
  'orchestrator',
  'txn-token',
  'claimed-token',
  'unchecked-token',
  'claimed-identity',
  'telemetry',
  'no-trust',
  'not-checked',
] as const;

/** All that may stand in the evidence of a principal. */
export const IDENTITY_EVIDENCE: readonly string[] = [...IDENTITY_SOURCES, ...IDENTITY_FAILURES];
