/**
 * Cosignatures (C2SP tlog-cosignature, Ed25519): a witness says that at a time a checkpoint was the
 * newest it knew of that log, and that every one before it was a beginning of this one.
 */
import { concatBytes, LIMITS } from '@spoor/core';
import { formatSignature, type Note } from '../note.ts';
import { type CheckSignature, isSignature, type VerifierKey } from './key.ts';

/** Bytes of the time, before the signature. */
const TIME_BYTES = 8;
/** Seconds whose milliseconds a number still tells apart. */
const TIME_MAX = BigInt(Math.floor(Number.MAX_SAFE_INTEGER / 1_000));

/** What a witness signs of a checkpoint. */
export const cosignedText = (text: string, timeS: number): string =>
  `cosignature/v1\ntime ${timeS}\n${text}`;

/** The signature line, with its newline. */
export function cosignatureLine(key: VerifierKey, timeS: number, signature: Uint8Array): string {
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(timeS));
  const { name, keyId } = key;
  return formatSignature({ name, keyId, signature: concatBytes(time, signature) });
}

export type Cosigned =
  | { readonly status: 'cosigned'; readonly timeMs: number }
  | { readonly status: 'absent' }
  /** A line claims this key and does not hold. */
  | { readonly status: 'wrong'; readonly why: string };

/**
 * Has that witness cosigned? Of several lines the newest counts, and all must hold.
 *
 * @param nowMs A cosignature from the future, beyond what clocks differ by, does not hold.
 */
export function readCosignature(
  note: Note,
  key: VerifierKey,
  nowMs: number,
  check: CheckSignature = isSignature,
): Cosigned {
  let newestMs: number | undefined;
  for (const line of note.signatures) {
    if (line.name !== key.name || line.keyId !== key.keyId) continue;
    const timeMs = timeOf(note.text, line.signature, key, check);
    if (timeMs === undefined) return { status: 'wrong', why: 'a cosignature is wrong' };
    if (timeMs > nowMs + LIMITS.clockSkewMaxMs) {
      return { status: 'wrong', why: 'a cosignature is from the future' };
    }
    newestMs = Math.max(newestMs ?? 0, timeMs);
  }
  return newestMs === undefined ? { status: 'absent' } : { status: 'cosigned', timeMs: newestMs };
}

/** Undefined where the signature does not hold. */
function timeOf(
  text: string,
  bytes: Uint8Array,
  key: VerifierKey,
  check: CheckSignature,
): number | undefined {
  if (bytes.length !== TIME_BYTES + 64) return undefined;
  const time = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  if (time > TIME_MAX) return undefined;
  const message = new TextEncoder().encode(cosignedText(text, Number(time)));
  const holds = check(bytes.subarray(TIME_BYTES), message, key.publicKey);
  return holds ? Number(time) * 1_000 : undefined;
}
