import { LIMITS } from './limits.ts';
import { type SipKey, sipHash } from './siphash.ts';
import { wordsOf } from './words.ts';

const BITS = 32;

/**
 * Simhash (Charikar, 2002) of the words and pairs of words, keyed: like prompts get equal or near
 * clusters, and whoever lacks the key learns nothing of them. 8 hexadecimal digits.
 */
export function intentCluster(text: string, key: SipKey): string {
  const votes = new Int32Array(BITS);
  const { words } = wordsOf(text.slice(0, LIMITS.examineBytesMax));
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
