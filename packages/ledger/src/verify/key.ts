/** Public keys of notes, as text: `name+key id+base64(type, key)`. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, fromBase64, fromHex, toBase64, toHex } from '@spoor/core';
import { isKeyName, type Note, type ParsedNote, parseNote, readKeyId } from '../note.ts';

/** Signature types of C2SP: of a log, and of a witness with its time. */
const ED25519 = 0x01;
const COSIGNATURE = 0x04;

export interface VerifierKey {
  readonly name: string;
  readonly keyId: number;
  readonly publicKey: Uint8Array;
}

const encoder = new TextEncoder();

function keyIdBytes(name: string, typedKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(encoder.encode(`${name}\n`), typedKey)).subarray(0, 4);
}

/** @param publicKey Ed25519, 32 bytes; so of a witness. */
export const formatVerifierKey = (name: string, publicKey: Uint8Array): string =>
  formatKey(ED25519, name, publicKey);

/** The same of a witness: its signatures are of another form, so the key has another id. */
export const formatWitnessKey = (name: string, publicKey: Uint8Array): string =>
  formatKey(COSIGNATURE, name, publicKey);

/** Returns undefined where the text is no Ed25519 key of a log, or its id is not the key's. */
export const parseVerifierKey = (text: string): VerifierKey | undefined => parseKey(ED25519, text);

/** Returns undefined where the text is no Ed25519 key of a witness, or its id is not the key's. */
export const parseWitnessKey = (text: string): VerifierKey | undefined =>
  parseKey(COSIGNATURE, text);

function formatKey(type: number, name: string, publicKey: Uint8Array): string {
  const typed = concatBytes(Uint8Array.of(type), publicKey);
  return `${name}+${toHex(keyIdBytes(name, typed))}+${toBase64(typed)}`;
}

function parseKey(type: number, text: string): VerifierKey | undefined {
  const [name = '', hex = '', ...rest] = text.split('+');
  const id = fromHex(hex);
  const typed = fromBase64(rest.join('+'));
  if (!isKeyName(name) || id?.length !== 4 || typed?.length !== 33) return undefined;
  if (typed[0] !== type) return undefined;
  if (toHex(keyIdBytes(name, typed)) !== toHex(id)) return undefined;
  return { name, keyId: readKeyId(id), publicKey: typed.subarray(1) };
}

export type VerifiedNote =
  | { readonly status: 'verified'; readonly note: Note }
  | { readonly status: 'unverified'; readonly why: string };

/** Checks an Ed25519 signature in the strict reading of RFC 8032. */
export type CheckSignature = (
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
) => boolean;

/** Lines of other keys are ignored, as the format asks; a line that claims this key must hold. */
export function verifyNote(
  text: string,
  verifierKey: string,
  check: CheckSignature = isSignature,
): VerifiedNote {
  const parsed: ParsedNote = parseNote(text);
  if (parsed.status === 'invalid') return { status: 'unverified', why: parsed.why };
  const why = signsNote(parsed.note, verifierKey, check);
  return why === undefined
    ? { status: 'verified', note: parsed.note }
    : { status: 'unverified', why };
}

/** Says why not; undefined where the key has signed. */
export function signsNote(
  note: Note,
  verifierKey: string,
  check: CheckSignature = isSignature,
): string | undefined {
  const key = parseVerifierKey(verifierKey);
  if (key === undefined) return 'the verifier key is malformed';
  const claims = note.signatures.filter(
    (line) => line.name === key.name && line.keyId === key.keyId,
  );
  if (claims.length === 0) return 'the key did not sign this';
  const message = encoder.encode(note.text);
  const holds = claims.every((line) => check(line.signature, message, key.publicKey));
  return holds ? undefined : 'the signature is wrong';
}

export function isSignature(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  // The strict reading of RFC 8032: verifiers must not differ over what a valid signature is.
  return signature.length === 64 && ed25519.verify(signature, message, key, { zip215: false });
}
