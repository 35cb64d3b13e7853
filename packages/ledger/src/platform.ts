/** Hashing and checking by the platform's own code: several times as fast as what browsers run. */
import { createPublicKey, hash, verify } from 'node:crypto';
import type { Sha256 } from './tree/hasher.ts';
import type { CheckSignature } from './verify/key.ts';

/** A short text comes out of the platform at less than half the cost of a buffer. */
export const sha256ByPlatform: Sha256 = (data) =>
  Buffer.from(hash('sha256', data, 'binary'), 'latin1');

export const checkByPlatform: CheckSignature = (signature, message, publicKey) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return signature.length === 64 && verify(null, message, key, signature);
};
