/**
 * One sealed content as the vault stores it. Everything before the ciphertext is a head of known
 * lengths, so that the wrapped data key can be found, and destroyed, where it lies.
 *
 *     1 byte version, 12 bytes nonce of the wrapping, 48 bytes wrapped data key with its tag,
 *     12 bytes nonce of the content, u8 length, part, u8 length, record id, ciphertext with its tag
 */
export const NONCE_BYTES = 12;
export const KEY_BYTES = 32;
export const TAG_BYTES = 16;
export const WRAPPED_KEY_BYTES: number = KEY_BYTES + TAG_BYTES;
export const WRAPPED_KEY_AT: number = 1 + NONCE_BYTES;

const VERSION = 1;
const NONCE_AT = WRAPPED_KEY_AT + WRAPPED_KEY_BYTES;
const NAMES_AT = NONCE_AT + NONCE_BYTES;

export interface SealedParts {
  readonly wrapNonce: Uint8Array;
  readonly wrappedKey: Uint8Array;
  readonly nonce: Uint8Array;
  readonly part: string;
  /** Id of the record that the content belongs to: a call. */
  readonly record: string;
  /** With its tag. */
  readonly ciphertext: Uint8Array;
}

/** Binds content and key to their place: neither opens as another record, part or session. */
export const associatedData = (record: string, part: string, kek: string): Buffer =>
  Buffer.from(`${record}|${part}|${kek}`);

export const RECORD_NAMES_MAX = 255;

export const headBytes = (part: string, record: string): number =>
  NAMES_AT + 2 + part.length + record.length;

/** Writes all but the ciphertext; returns where that begins. */
export function writeHead(into: Buffer, parts: Omit<SealedParts, 'ciphertext'>): number {
  into[0] = VERSION;
  into.set(parts.wrapNonce, 1);
  into.set(parts.wrappedKey, WRAPPED_KEY_AT);
  into.set(parts.nonce, NONCE_AT);
  let at = NAMES_AT;
  for (const name of [parts.part, parts.record]) {
    into[at] = name.length;
    at += 1 + into.write(name, at + 1, 'latin1');
  }
  return at;
}

/** Returns undefined where the bytes are no such record. */
export function readSealed(bytes: Buffer): SealedParts | undefined {
  if (bytes[0] !== VERSION || bytes.length < NAMES_AT + 2) return undefined;
  const partEnd = NAMES_AT + 1 + (bytes[NAMES_AT] ?? 0);
  const recordEnd = partEnd + 1 + (bytes[partEnd] ?? 0);
  if (recordEnd + TAG_BYTES > bytes.length) return undefined;
  return {
    wrapNonce: bytes.subarray(1, WRAPPED_KEY_AT),
    wrappedKey: bytes.subarray(WRAPPED_KEY_AT, NONCE_AT),
    nonce: bytes.subarray(NONCE_AT, NAMES_AT),
    part: bytes.toString('latin1', NAMES_AT + 1, partEnd),
    record: bytes.toString('latin1', partEnd + 1, recordEnd),
    ciphertext: bytes.subarray(recordEnd),
  };
}

const SHREDDED = 2;
const DIGEST_BYTES = 32;

/**
 * What stands in the place of a content that was shredded, as long as that was: it says which
 * content it was, and holds nothing of it.
 *
 *     1 byte version, 32 bytes SHA-256 of the ciphertext that is gone, zeros
 *
 * @param cipher The digest, hexadecimal.
 */
export function shreddedRecord(length: number, cipher: string): Buffer {
  const bytes = Buffer.alloc(length);
  bytes[0] = SHREDDED;
  bytes.write(cipher, 1, 'hex');
  return bytes;
}

/** The digest of the ciphertext that stood there; undefined where nothing was shredded. */
export function shreddedCipher(bytes: Buffer): string | undefined {
  if (bytes[0] !== SHREDDED || bytes.length <= DIGEST_BYTES) return undefined;
  return bytes.toString('hex', 1, 1 + DIGEST_BYTES);
}
