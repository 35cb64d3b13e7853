/** What the ledger says about one sealed content; the sealed bytes themselves lie in the vault. */
export interface SealedMeta {
  readonly part: SealedPart;
  /** Length of the plaintext. */
  readonly bytes: number;
  /** SHA-256 of the ciphertext, hexadecimal. */
  readonly cipher: string;
  /** Commitment to the data key: AES-GCM alone would open under two keys. */
  readonly commit: string;
  /** HMAC of the plaintext under a key derived from the data key. */
  readonly mac: string;
  /** Id of the session key that wraps the data key. */
  readonly kek: string;
}

export const SEALED_PARTS = [
  'request',
  'result',
  'error',
  'intent',
  'definitions',
  'identity',
] as const;
export type SealedPart = (typeof SEALED_PARTS)[number];

export interface SealedContent {
  readonly meta: SealedMeta;
  /** As it is stored: wrapped data key, nonce, ciphertext. */
  readonly record: Uint8Array;
}
