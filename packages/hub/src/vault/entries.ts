import { LIMITS } from '@spoor/core';
import type { Entry, Shredded } from '@spoor/ledger';
import type { Journal } from './questions.ts';

/**
 * Entries that say what went: who, why, what was named, how much, and the ids. As many as the ids
 * need; the first one has the counts.
 */
export function shreddedEntries(journal: Journal, gone: Shredded): Entry[] {
  const { warrant, sessions, calls } = journal;
  const { by, reason, what, named } = warrant;
  const about = { by, reason, what, ...named };
  const [first = {}, ...rest] = [...inParts('sessions', sessions), ...inParts('calls', calls)];
  const kind = what === 'retention' ? 'retention.pruned' : 'payload.shredded';
  return [
    { kind, detail: { ...about, ...gone, ...first } },
    ...rest.map((ids): Entry => ({ kind, detail: { ...about, ...ids } })),
  ];
}

function inParts(name: string, ids: readonly string[]): Record<string, readonly string[]>[] {
  const parts: Record<string, readonly string[]>[] = [];
  for (let at = 0; at < ids.length; at += LIMITS.shredIdsPerEntryMax)
    parts.push({ [name]: ids.slice(at, at + LIMITS.shredIdsPerEntryMax) });
  return parts;
}
