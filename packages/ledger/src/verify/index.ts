/** Verification without the writer: runs in Node and in browsers, trusts only the verifier key. */
export { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
export { type Note, type NoteSignature, type ParsedNote, parseNote } from '../note.ts';
export type { Consistency, Inclusion } from '../tree/proof.ts';
export { type ClaimFault, checkClaims, type EntryClaim, newestCheckpoint } from './claims.ts';
export { leafHash } from './hash.ts';
export {
  type CheckSignature,
  formatVerifierKey,
  formatWitnessKey,
  parseVerifierKey,
  parseWitnessKey,
  type VerifiedNote,
  type VerifierKey,
  verifyNote,
} from './key.ts';
export {
  type FormerKey,
  formatManifest,
  type Manifest,
  manifestDigest,
  mayReplace,
  parseManifest,
  type VerifiedManifest,
  verifyManifest,
} from './manifest.ts';
export {
  formatPolicy,
  hasQuorum,
  NO_QUORUM,
  type ParsedPolicy,
  type PolicyLog,
  type PolicyWitness,
  parsePolicy,
  policyOf,
  type WitnessPolicy,
} from './policy.ts';
export { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './prove.ts';
export { PRUNED, type Pruned, readPruned } from './pruned.ts';
export {
  type LogSource,
  publishedSize,
  type ReadLeaf,
  readLeaf,
  readLeafAt,
  readLeaves,
} from './source.ts';
export { proveEntry, type VerifiedProof, verifyProof } from './tlog-proof.ts';
export {
  type Tampered,
  VERIFY_CODES,
  type Verified,
  type VerifyOptions,
  type VerifyResult,
  type VerifyStatus,
  verifyLog,
} from './verify.ts';
export {
  type Cosignatures,
  readCosignatures,
  STALE_AFTER_MS,
  verifyWitnessed,
  type WitnessedOptions,
  type WitnessedResult,
  type WitnessWord,
} from './witnessed.ts';
