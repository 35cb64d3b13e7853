import { normalise, type Reading } from './reading.ts';

/** Shorter lines are shared by chance: closing brackets, headings, single words. */
const LINE_CHARS_MIN = 16;
/** What of a long line is fingerprinted. */
const LINE_CHARS_MAX = 240;

/**
 * Distinctive lines and sentences, so that a row of a table or a sentence of a page is known again
 * where it is pasted into code, a message or another document.
 */
export function readLines(reading: Reading, text: string, length: number): void {
  let start = 0;
  if (reading.line > 0) reading.line = 1;
  for (let i = 0; i <= length; i++) {
    const code = i < length ? text.charCodeAt(i) : 10;
    const newline = code === 10 || code === 13;
    if (!newline && !endsSentence(text, code, i)) continue;
    if (i - start >= LINE_CHARS_MIN) line(reading, text.slice(start, i), start);
    start = i + 1;
    if (code === 10 && reading.line > 0) reading.line++;
  }
}

const endsSentence = (text: string, code: number, i: number): boolean =>
  (code === 46 || code === 33 || code === 63) && text.charCodeAt(i + 1) === 32;

function line(reading: Reading, text: string, offset: number): void {
  const value = normalise(text.slice(0, LINE_CHARS_MAX));
  if (value.length >= LINE_CHARS_MIN && letters(value) >= 8) reading.atom('line', value, offset);
}

function letters(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length && count < 8; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code > 127) count++;
  }
  return count;
}
