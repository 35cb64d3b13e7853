import { LIMITS, sipHash, wordsOf } from '@spoor/core';
import { ACTION_FAMILIES, type ActionFamily, actionsOf } from './actions.ts';
import type { Reading } from './reading.ts';

/** Where an atom of an intent stands for an action that was asked for. */
const ACTION_AT = 'action.';

/**
 * Adds what only prompts need: the actions that are asked for, and fingerprints of words, pairs and
 * threes of words, so that a destination such as a channel or a person's name is found where the
 * prompt names it.
 */
export function readIntent(reading: Reading, text: string): void {
  const { words, starts } = wordsOf(text.slice(0, LIMITS.examineBytesMax));
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
