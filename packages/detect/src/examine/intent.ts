import { LIMITS, type SipKey, sipHash } from '@spoor/core';
import { ACTION_FAMILIES, type ActionFamily, actionsOf } from './actions.ts';
import { normalise } from './normalise.ts';
import type { Reading } from './reading.ts';

/** Where an atom of an intent stands for an action that was asked for. */
const ACTION_AT = 'action.';

/**
 * Adds what only prompts need: the actions that are asked for, and fingerprints of words, pairs and
 * threes of words, so that a destination such as a channel or a person's name is found where the
 * prompt names it.
 */
export function readIntent(reading: Reading, text: string): void {
  const { words, starts } = split(text.slice(0, LIMITS.examineBytesMax));
  const kept = words.slice(0, LIMITS.intentWordsMax);
  for (const family of actionsOf(words, starts)) action(reading, family);
  for (let i = 0; i < kept.length; i++) {
    for (let size = 1; size <= 3 && i + size <= kept.length; size++) {
      const phrase = kept.slice(i, i + size).join(' ');
      if (phrase.length >= 2) reading.atom('value', phrase, 0);
    }
  }
}

function action(reading: Reading, family: ActionFamily): void {
  reading.atoms.unshift({
    print: sipHash(reading.key, `${ACTION_AT}${family}`),
    kind: 'token',
    at: `${ACTION_AT}${family}`,
  });
}

/** The family that an atom of an intent stands for. */
export function actionOf(at: string): ActionFamily | undefined {
  return ACTION_FAMILIES.find((family) => at === `${ACTION_AT}${family}`);
}

function split(text: string): { readonly words: string[]; readonly starts: boolean[] } {
  const words: string[] = [];
  const starts: boolean[] = [];
  let start = true;
  for (const piece of text.split(/\s+/)) {
    const word = normalise(piece);
    if (word !== '') {
      words.push(word);
      starts.push(start);
    }
    start = word === '' ? start : /[.!?:;]["')]?$/.test(piece);
  }
  return { words, starts };
}

const BITS = 32;

/**
 * Simhash (Charikar, 2002) of the words and pairs of words, keyed: like prompts get equal or near
 * clusters, and whoever lacks the key learns nothing of them. 8 hexadecimal digits.
 */
export function intentCluster(text: string, key: SipKey): string {
  const votes = new Int32Array(BITS);
  const { words } = split(text.slice(0, LIMITS.examineBytesMax));
  for (const [i, word] of words.slice(0, LIMITS.intentWordsMax).entries()) {
    const print = Number.parseInt(sipHash(key, `${words[i - 1] ?? ''} ${word}`).slice(0, 8), 16);
    for (let bit = 0; bit < BITS; bit++) {
      votes[bit] = (votes[bit] ?? 0) + ((print >>> bit) & 1 ? 1 : -1);
    }
  }
  let hash = 0;
  for (let bit = 0; bit < BITS; bit++) if ((votes[bit] ?? 0) > 0) hash |= 1 << bit;
  return (hash >>> 0).toString(16).padStart(8, '0');
}
