import { userInfo } from 'node:os';
import { pseudonymOf } from '../identify/pseudonym.ts';
import type { Named } from '../identify/subjects.ts';

export interface Naming {
  /** The pseudonym of a subject that was proved. */
  readonly known: (subject: Named) => string | undefined;
  /** Of the pseudonyms of all others. */
  readonly key: Uint8Array;
}

const PSEUDONYM = /^[0-9a-f]{32}$/;

/**
 * Pseudonyms that a person may have: the one given, that of a subject as `ISSUER SUBJECT`, or those
 * of a system account with each program that has called for it.
 */
export function pseudonymsOf(
  person: string,
  agents: readonly string[],
  { known, key }: Naming,
): string[] {
  if (PSEUDONYM.test(person)) return [person];
  const [issuer = '', subject, ...more] = person.split(' ');
  if (subject !== undefined && more.length === 0) {
    const proved = known({ issuer, subject });
    const claimed = pseudonymOf(key, JSON.stringify([issuer, subject]));
    return proved === undefined ? [claimed] : [proved, claimed];
  }
  const uid = uidOf(person);
  return uid === undefined ? [] : agents.map((agent) => pseudonymOf(key, `${uid}|${agent}`));
}

function uidOf(person: string): number | undefined {
  const [, number] = /^uid:(\d{1,10})$/.exec(person) ?? [];
  if (number !== undefined) return Number(number);
  const { username, uid } = userInfo();
  return person === username ? uid : undefined;
}
