import { hkdfSync } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError, type Random, toBase64, toHex } from '@spoor/core';
import type { Home } from '@spoor/edge';

/** What the hub alone knows. All keys that it hands out are derived from one secret. */
export interface Secrets {
  readonly token: string;
  /** Keys of one session's fingerprints and digests. */
  sessionKeys(session: string): { readonly printKey: string; readonly digestKey: string };
  readonly definitionKey: string;
  readonly pseudonymKey: Uint8Array;
  /** Base64, 16 bytes: of the clusters of embeddings. */
  readonly embeddingKey: string;
}

const SECRET_BYTES = 32;
const SECRET = /^[0-9a-f]{64}$/;

/** Made on first start, private to the user. */
export function loadSecrets(home: Home, random: Random): Secrets {
  const secret = fileOnce(join(home.folder, 'secret'), () => toHex(random.bytes(SECRET_BYTES)));
  const token = fileOnce(home.tokenFile, () => toHex(random.bytes(SECRET_BYTES)));
  const derive = (use: string, bytes: number): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', Buffer.from(secret, 'hex'), '', `spoor/${use}`, bytes));
  return {
    token,
    sessionKeys: (session) => ({
      printKey: toBase64(derive(`print/${session}`, 16)),
      digestKey: toBase64(derive(`digest/${session}`, 32)),
    }),
    definitionKey: toBase64(derive('definition', 32)),
    pseudonymKey: derive('pseudonym', 32),
    embeddingKey: toBase64(derive('embedding', 16)),
  };
}

/** Throws CONFIG_UNREADABLE for a damaged file: an empty token would let everybody in. */
function fileOnce(path: string, make: () => string): string {
  if (!existsSync(path)) {
    // Whole or not at all, however this ends.
    const next = `${path}.next`;
    writeFileSync(next, `${make()}\n`, { mode: 0o600, flush: true });
    renameSync(next, path);
  }
  const value = readFileSync(path, 'utf8').trim();
  if (!SECRET.test(value)) throw new CodedError('CONFIG_UNREADABLE', path);
  return value;
}
