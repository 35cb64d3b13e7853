import { LIMITS } from '@spoor/core';
import { useState } from 'react';

/**
 * Keys of witnesses that a person knows from elsewhere, kept in this browser: what stands on them
 * does not rest on the hub's word.
 */
const KEY = 'spoor.witnesses';

function readKnown(storage: Pick<Storage, 'getItem'>): readonly string[] {
  try {
    const keys: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    if (!Array.isArray(keys)) return [];
    return keys.filter((key) => typeof key === 'string').slice(0, LIMITS.knownWitnessesMax);
  } catch {
    return [];
  }
}

function keepKnown(storage: Pick<Storage, 'setItem'>, keys: readonly string[]): void {
  try {
    storage.setItem(KEY, JSON.stringify(keys));
  } catch {
    // They hold for this page; only the next one has to be given them again.
  }
}

export function useKnown(): readonly [readonly string[], (keys: readonly string[]) => void] {
  const [keys, setKeys] = useState(() => readKnown(localStorage));
  const set = (next: readonly string[]): void => {
    keepKnown(localStorage, next);
    setKeys(next);
  };
  return [keys, set];
}

/** Says why the text cannot be added; undefined where it can. */
export async function refusedKey(
  text: string,
  known: readonly string[],
): Promise<string | undefined> {
  if (known.length >= LIMITS.knownWitnessesMax) {
    return `${LIMITS.knownWitnessesMax} keys are the most that are kept here.`;
  }
  const { parseWitnessKey } = await import('@spoor/ledger/verify');
  const isKey = text.length <= LIMITS.witnessKeyCharsMax && parseWitnessKey(text) !== undefined;
  if (!isKey) return 'This is no key of a witness. It looks like name+1a2b3c4d+BA…';
  return known.includes(text) ? 'This key is here already.' : undefined;
}

/** The policy (C2SP tlog-policy) that one of those witnesses is enough for. */
export function knownPolicy(keys: readonly string[]): string {
  const names = keys.map((_, at) => `w${at + 1}`);
  const lines = keys.map((key, at) => `witness ${names[at]} ${key}`);
  if (keys.length === 1) return `${lines[0]}\nquorum w1\n`;
  return `${lines.join('\n')}\ngroup known any ${names.join(' ')}\nquorum known\n`;
}
