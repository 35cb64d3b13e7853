/** Case, spacing and the punctuation around a value do not make it another value. */
export function normalise(text: string): string {
  const lower = trimPunctuation(text).toLowerCase();
  return SPACING.test(lower) ? lower.replace(/\s+/g, ' ') : lower;
}

/** White space other than single plain spaces. */
const SPACING = / {2}|[^\S ]/;

function trimPunctuation(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isEdge(text.charCodeAt(start))) start++;
  while (end > start && isEdge(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Quotes, brackets, separators and list marks, which change when a value is pasted elsewhere. */
export function isEdge(code: number): boolean {
  if (code <= 47) return code !== 36 && code !== 37 && code !== 38 && code !== 43 && code !== 47;
  if (code >= 58 && code <= 64) return true;
  return (code >= 91 && code <= 96) || (code >= 123 && code <= 125) || code === 0xa0;
}

/** Words in normal form, and whether each begins a sentence. */
export function wordsOf(text: string): { readonly words: string[]; readonly starts: boolean[] } {
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
