/** Whether a text holds a word that was asked for at the start. */
export type Has = (word: string) => boolean;

/**
 * Looks for many words in one pass over a text in lower case: words are found by their first three
 * letters, and compared only where a text has those. Shorter words are looked for one by one.
 */
export function wordFinder(words: readonly string[]): (text: string) => Has {
  const short = words.filter(({ length }) => length < 3);
  const byHead: (string[] | undefined)[] = new Array(1 << 15);
  for (const word of words) {
    if (word.length < 3) continue;
    const head = headAt(word, 2, headAt(word, 1, headAt(word, 0, 0)));
    byHead[head] = [...(byHead[head] ?? []), word];
  }
  return (text) => {
    const found = new Set(short.filter((word) => text.includes(word)));
    let head = 0;
    for (let end = 0; end < text.length; end++) {
      head = headAt(text, end, head);
      const candidates = byHead[head];
      if (candidates === undefined) continue;
      for (const word of candidates) if (text.startsWith(word, end - 2)) found.add(word);
    }
    return (word) => found.has(word);
  };
}

/** Five bits of each of the last three characters. */
const headAt = (text: string, end: number, before: number): number =>
  ((before << 5) | (text.charCodeAt(end) & 31)) & 0x7fff;
