/** What is kept of issuers, tokens and proofs. */
export const IDENTITY_LIMITS = {
  /** Issuers and machines in the trust file: more are not a choice a person has made. */
  identityIssuersMax: 64,
  /** Keys of one issuer that stand in the trust file. */
  identityKeysMax: 64,
  /** What an issuer may take to answer while a call waits; its keys are there for later ones. */
  identityKeysWaitMs: 20,
  /** Tokens whose signature was checked; the oldest is forgotten and checked again. */
  identityTokensMax: 10_000,
  /**
   * Proofs that must not come again, until they are stale: two minutes of 4,000 calls a second.
   * Beyond it none is accepted, and that is counted.
   */
  identityReplayMax: 500_000,
  /** Sessions of attesters and how far they have counted; the longest idle is forgotten. */
  identitySessionsMax: 100_000,
  /** Subjects with a key of their own; beyond it new ones share the hub's, and that is counted. */
  identitySubjectsMax: 100_000,
  /** Messages of a connection that wait for a signature; then evidence goes unchecked, counted. */
  identityWaitingMax: 1_000,
} as const;
