import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  KeyObject,
  sign,
} from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { CodedError, canonicalize } from '@spoor/core';

/** The private key of a workload, as far as it is needed: it signs, and says which one it is. */
export interface AttestKey {
  readonly alg: 'Ed25519' | 'ES256';
  /** The public part, as an owner registers it. */
  readonly jwk: Readonly<Record<string, string>>;
  /** Its thumbprint (RFC 7638, SHA-256), base64url. */
  readonly jkt: string;
  /** Over the text's UTF-8, in the form that JWS has. */
  sign(text: string): Uint8Array;
}

/** A PEM as text, a JWK as text or object, or a key that Node holds already. */
export type KeySource = string | JsonWebKey | KeyObject;

/** Throws ATTEST_KEY_INVALID where it is no private Ed25519 or P-256 key. */
export function attestKey(source: KeySource): AttestKey {
  const key = privateKey(source);
  const { kty, crv, x, y } = createPublicKey(key).export({ format: 'jwk' }) as Jwk;
  const alg = ALGORITHMS[`${kty} ${crv}`];
  if (alg === undefined || x === undefined)
    throw new CodedError('ATTEST_KEY_INVALID', 'neither Ed25519 nor P-256');
  // The members of the thumbprint, and no others.
  const bare: Record<string, string> = { kty, crv, x, ...(y === undefined ? {} : { y }) };
  const jkt = createHash('sha256').update(canonicalize(bare)).digest('base64url');
  const ec = alg === 'ES256';
  return {
    alg,
    jwk: { ...bare, kid: kidOf(source) ?? jkt, alg, use: 'sig' },
    jkt,
    sign: (text) =>
      sign(ec ? 'sha256' : null, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }),
  };
}

/**
 * From a file that nobody but its owner can read. Throws ATTEST_KEY_INVALID, or ATTEST_KEY_OPEN
 * where others can.
 */
export function readAttestKey(path: string): AttestKey {
  let text: string;
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    if (process.platform !== 'win32' && (fstatSync(file).mode & 0o077) !== 0)
      throw new CodedError('ATTEST_KEY_OPEN', path);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('ATTEST_KEY_INVALID', path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return attestKey(text);
}

interface Jwk {
  readonly kty: string;
  readonly crv: string;
  readonly x?: string;
  readonly y?: string;
}

const ALGORITHMS: Readonly<Record<string, AttestKey['alg']>> = {
  'OKP Ed25519': 'Ed25519',
  'EC P-256': 'ES256',
};

function privateKey(source: KeySource): KeyObject {
  try {
    if (source instanceof KeyObject) {
      if (source.type === 'private') return source;
    } else if (typeof source === 'string' && !source.trimStart().startsWith('{')) {
      return createPrivateKey(source);
    } else return createPrivateKey({ key: jwkOf(source), format: 'jwk' });
  } catch {
    // What the parser says of a private key belongs into no message.
  }
  throw new CodedError('ATTEST_KEY_INVALID');
}

const jwkOf = (source: string | JsonWebKey): JsonWebKey =>
  typeof source === 'string' ? (JSON.parse(source) as JsonWebKey) : source;

/** A name that its owner gave it. */
function kidOf(source: KeySource): string | undefined {
  if (source instanceof KeyObject) return undefined;
  if (typeof source === 'string' && !source.trimStart().startsWith('{')) return undefined;
  const { kid } = jwkOf(source);
  return typeof kid === 'string' && kid !== '' ? kid : undefined;
}
