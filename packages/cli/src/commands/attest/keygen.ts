import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { CodedError } from '@spoor/core';
import {
  type AttestKey,
  attestKey,
  DEFAULT_AUDIENCE,
  keyIssuer,
  readAttestKey,
} from '@spoor/instrument/attest';
import type { Context } from '../../command.ts';
import { needed } from './flags.ts';

/** Makes a key, and prints what the hub's owner registers. */
export function keygen({ flags, out }: Context): number {
  const path = needed(flags, 'out');
  const { privateKey } =
    flags.es256 === true
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519');
  write(path, privateKey);
  show(attestKey(privateKey), { flags, out });
  out.note(`The private key is in ${path}. Keep it where only the orchestrator can read it.`);
  return 0;
}

/** Prints the same for a key that is there. */
export function showPublic({ flags, out }: Context): number {
  show(readAttestKey(needed(flags, 'key')), { flags, out });
  return 0;
}

/** A row of the hub's trust file. */
function show(key: AttestKey, { flags, out }: Pick<Context, 'flags' | 'out'>): void {
  const row = {
    issuer: typeof flags.iss === 'string' ? flags.iss : keyIssuer(key),
    kind: 'orchestrator',
    audience: typeof flags.aud === 'string' ? flags.aud : DEFAULT_AUDIENCE,
    algorithms: [key.alg],
    keys: [key.jwk],
  };
  if (flags.json === true) {
    out.json(row);
    return;
  }
  // Text in quotes and lists in brackets are YAML as they are JSON.
  const lines = Object.entries(row).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  out.line(`- ${lines.join('\n  ')}`);
}

/** Nothing is written over: another file may be the only copy of its key. */
function write(path: string, key: KeyObject): void {
  const pem = key.export({ type: 'pkcs8', format: 'pem' });
  try {
    writeFileSync(path, pem, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') throw new CodedError('ATTEST_KEY_EXISTS', path);
    throw new CodedError('ATTEST_KEY_INVALID', `${path} cannot be written`, error);
  }
}
