import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, systemClock } from '@spoor/core';
import { type IdentityTrust, readTrust } from '@spoor/edge/identity';
import type { Ledger } from '@spoor/ledger';
import { parse } from 'yaml';
import type { HubOptions } from '../options.ts';
import type { Secrets } from '../secrets.ts';
import { Identifier } from './identifier.ts';
import { Subjects } from './subjects.ts';

/**
 * Reads what the owner's files say, so that a mistake in them ends the start before anything is
 * open. Throws CONFIG_UNREADABLE or IDENTITY_TRUST_INVALID.
 */
export async function loadIdentity(
  { home, random, identityTrustFile }: HubOptions,
  { pseudonymKey }: Secrets,
): Promise<(ledger: Ledger, recipients: () => readonly string[]) => Identifier> {
  const trust = await loadTrust(identityTrustFile);
  const subjects = await Subjects.load(join(home.folder, SUBJECTS_FILE), pseudonymKey, random);
  const { nowMs } = systemClock;
  return (ledger, recipients) =>
    new Identifier({ trust, subjects, pseudonymKey, ledger, recipients, random, nowMs });
}

const SUBJECTS_FILE = 'subjects.jsonl';

async function loadTrust(path: string | undefined): Promise<IdentityTrust | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  });
  const startedMs = systemClock.nowMs();
  const trust = { ...readTrust(yamlOf(text, path), path, systemClock), startedMs };
  // Keys are there before the first call asks for them; an issuer that is silent delays nothing.
  for (const { keys } of trust.issuers.values()) void keys.get(false);
  return trust;
}

function yamlOf(text: string, path: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    const [first = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw new CodedError('IDENTITY_TRUST_INVALID', `${path}: ${first}`, error);
  }
}
