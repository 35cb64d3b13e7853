import { hkdfSync } from 'node:crypto';
import { hmacSha256 } from './hmac.ts';
import { KEY_BYTES } from './record.ts';

const ZERO_SALT = Buffer.alloc(32);
const COMMIT = Buffer.from('commit\u0001', 'latin1');
const CONTENT_MAC = Buffer.from('pc\u0001', 'latin1');

export interface RecordKeys {
  /** HKDF-SHA256(data key, "commit"), hexadecimal. */
  readonly commit: string;
  /** HKDF-SHA256(data key, "pc"). */
  readonly macKey: Uint8Array;
}

/**
 * What HKDF (RFC 5869, no salt, one block) gives for both purposes, with its first step done once:
 * three HMACs instead of four, on the path of every call.
 */
export function deriveKeys(dataKey: Uint8Array): RecordKeys {
  const extracted = hmacSha256(ZERO_SALT, dataKey);
  return {
    commit: hmacSha256(extracted, COMMIT).toString('hex'),
    macKey: hmacSha256(extracted, CONTENT_MAC),
  };
}

export const contentMac = (macKey: Uint8Array, plaintext: Uint8Array): string =>
  hmacSha256(macKey, plaintext).toString('hex');

/**
 * Id of a session key: 32 hexadecimal digits that commit to it, so that no other key passes for it,
 * and wrapping it anew to other auditors changes nothing.
 */
export function keyId(sessionKey: Uint8Array): string {
  const id = hkdfSync('sha256', sessionKey, new Uint8Array(0), 'session key id', KEY_BYTES / 2);
  return Buffer.from(id).toString('hex');
}
