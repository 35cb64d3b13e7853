export { type Attestation, type AttestOptions, attest } from './attest/attest.ts';
export { type AttestKey, attestKey, type KeySource, readAttestKey } from './attest/key.ts';
export { type ProveOptions, prove } from './attest/prove.ts';
export { logicalCall } from './attest/retry.ts';
export {
  type AttestSession,
  DEFAULT_AUDIENCE,
  keyIssuer,
  type OpenedSession,
  openSession,
  type SessionOptions,
  type Token,
} from './attest/session.ts';
export { sidOf, type TokenOptions, tokenSession } from './attest/tokens.ts';
