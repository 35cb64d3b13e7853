import { hash } from 'node:crypto';
import { fromBase64, type SipKey, sipHash, sipKey, systemRandom } from '@spoor/core';
import type { Welcome } from './wire.ts';

/**
 * The keyed hashes of one connection. Whoever holds the keys can test guesses, so they stay in
 * memory.
 */
export interface Keys {
  readonly print: SipKey;
  /** Digest of a content, 32 hexadecimal digits: the same within a session. */
  digest(text: string): string;
  /** Digest of a definition, 32 hexadecimal digits: the same for all sessions of one hub. */
  definitionDigest(text: string): string;
  /** Clusters of prompts: the same for all sessions of one hub. */
  readonly cluster: SipKey;
  /** Short digest for names and ids, 16 hexadecimal digits. */
  short(text: string): string;
}

const DIGEST_HEX_DIGITS = 32;

export function keysOf(welcome: Pick<Welcome, 'printKey' | 'digestKey' | 'definitionKey'>): Keys {
  return makeKeys(
    bytesOf(welcome.printKey),
    bytesOf(welcome.digestKey),
    bytesOf(welcome.definitionKey),
  );
}

/** For a sensor that has never reached a hub: its fingerprints match only its own. */
export const ownKeys = (): Keys =>
  makeKeys(systemRandom.bytes(16), systemRandom.bytes(32), systemRandom.bytes(32));

function makeKeys(print: Uint8Array, content: Uint8Array, definition: Uint8Array): Keys {
  const key = sipKey(print);
  const contentMac = hmac(content);
  const definitionMac = hmac(definition);
  return {
    print: key,
    cluster: sipKey(definition),
    digest: (text) => contentMac(text).slice(0, DIGEST_HEX_DIGITS),
    definitionDigest: (text) => definitionMac(text).slice(0, DIGEST_HEX_DIGITS),
    short: (text) => sipHash(key, text),
  };
}

const BLOCK_BYTES = 64;

/**
 * HMAC-SHA-256 (RFC 2104) of two one-shot hashes, which cost a fifth of Node's Hmac object on a
 * short text. Keys are shorter than a block. Returns hexadecimal digits.
 */
export function hmac(secret: Uint8Array): (text: string) => string {
  const pad = (fill: number): Buffer =>
    Buffer.alloc(BLOCK_BYTES, fill).map((byte, i) => byte ^ (secret[i] ?? 0)) as Buffer;
  const inner = pad(0x36);
  const outer = pad(0x5c);
  return (text) => {
    const digest = hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer');
    return hash('sha256', Buffer.concat([outer, digest]));
  };
}

const bytesOf = (text: string): Uint8Array => fromBase64(text) ?? new Uint8Array(32);
