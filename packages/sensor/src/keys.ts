import { createHmac } from 'node:crypto';
import { fromBase64, type SipKey, sipHash, sipKey, systemRandom } from '@spoor/core';
import type { Welcome } from '@spoor/edge/wire';

/** The keyed hashes of one connection. Whoever holds the keys can test guesses, so they stay in memory. */
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
  const hmac = (secret: Uint8Array, text: string): string =>
    createHmac('sha256', secret).update(text).digest('hex').slice(0, DIGEST_HEX_DIGITS);
  return {
    print: key,
    cluster: sipKey(definition),
    digest: (text) => hmac(content, text),
    definitionDigest: (text) => hmac(definition, text),
    short: (text) => sipHash(key, text),
  };
}

const bytesOf = (text: string): Uint8Array => fromBase64(text) ?? new Uint8Array(32);
