import { hkdfSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, toBase64, toHex } from '@spoor/core';
import type { Home } from '@spoor/edge';

/** What the hub alone knows. All keys that it hands out are derived from one secret. */
export interface Secrets {
  readonly token: string;
  /** Keys of one session's fingerprints and digests. */
  sessionKeys(session: string): { readonly printKey: string; readonly digestKey: string };
  readonly definitionKey: string;
  readonly pseudonymKey: Uint8Array;
}

const SECRET_BYTES = 32;

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
  };
}

function fileOnce(path: string, make: () => string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    const value = make();
    // Exclusive, so that two starters cannot each believe in their own.
    writeFileSync(path, `${value}\n`, { mode: 0o600, flag: 'wx' });
    return value;
  }
}
