import { sipHash } from '@spoor/core';
import { normalise, normaliseBytes } from './normalise.ts';
import type { Reading } from './reading.ts';

/** Shorter lines are shared by chance: closing brackets, headings, single words. */
const LINE_CHARS_MIN = 16;
/** What of a long line is fingerprinted. */
const LINE_CHARS_MAX = 240;
const LETTERS_MIN = 8;
const NEWLINE = 10;
const SPACE = 32;

/** 1 where a line ends, 2 where a sentence does when a space follows. */
const ENDS = new Uint8Array(256);
ENDS[NEWLINE] = 1;
ENDS[13] = 1;
for (const mark of '.!?') ENDS[mark.charCodeAt(0)] = 2;

const normal = new Uint8Array(LINE_CHARS_MAX);

/**
 * Distinctive lines and sentences, so that a row of a table or a sentence of a page is known again
 * where it is pasted into code, a message or another document.
 */
export function readLines(reading: Reading, length: number): void {
  const { bytes } = reading.codes;
  let start = 0;
  if (reading.line > 0) reading.line = 1;
  for (let i = 0; i < length; i++) {
    const code = bytes[i] ?? 0;
    const end = ENDS[code];
    if (end === 0 || (end === 2 && bytes[i + 1] !== SPACE)) continue;
    if (i - start >= LINE_CHARS_MIN) line(reading, start, i);
    start = i + 1;
    if (code === NEWLINE && reading.line > 0) reading.line++;
  }
  if (length - start >= LINE_CHARS_MIN) line(reading, start, length);
  if (reading.line > 0) reading.line++;
}

function line(reading: Reading, start: number, end: number): void {
  const stop = Math.min(end, start + LINE_CHARS_MAX);
  if (!reading.codes.isAscii) {
    const value = normalise(reading.text.slice(start, stop));
    if (value.length >= LINE_CHARS_MIN && hasLetters(value)) reading.atom('line', value, start);
    return;
  }
  const length = normaliseBytes(reading.codes.bytes, start, stop, normal);
  if (length >= LINE_CHARS_MIN && hasLetterBytes(normal, length)) {
    reading.print('line', sipHash(reading.key, normal, length), start);
  }
}

function hasLetters(text: string): boolean {
  let count = 0;
  for (let i = 0; i < text.length && count < LETTERS_MIN; i++) {
    if (isLetter(text.charCodeAt(i))) count++;
  }
  return count === LETTERS_MIN;
}

function hasLetterBytes(bytes: Uint8Array, length: number): boolean {
  let count = 0;
  for (let i = 0; i < length && count < LETTERS_MIN; i++) if (isLetter(bytes[i] ?? 0)) count++;
  return count === LETTERS_MIN;
}

const isLetter = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code > 127;
