import { normalise } from './normalise.ts';
import type { Reading } from './reading.ts';

/** Longer text is read by lines instead of as one value. */
export const VALUE_CHARS_MAX = 200;
/** Shorter values are everywhere. */
const DISTINCTIVE_CHARS_MIN = 5;

/** A short text as one value. */
export function readValue(reading: Reading, text: string): void {
  if (!reading.destination && text.length < DISTINCTIVE_CHARS_MIN) return;
  const value = normalise(text);
  const wanted = reading.destination ? value.length >= 2 : isDistinctive(value);
  if (wanted) reading.atom('value', value, 0);
}

/** Would two unrelated contents hardly share it? Dates and single plain words are everywhere. */
function isDistinctive(value: string): boolean {
  if (value.length < DISTINCTIVE_CHARS_MIN) return false;
  let digits = false;
  let letters = true;
  let date = true;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    const digit = code >= 48 && code <= 57;
    digits ||= digit;
    letters &&= code >= 97 && code <= 122;
    date &&= digit || isDatePart(code);
    // Known by now: what follows cannot change it.
    if (digits && !date) return true;
  }
  if (date || digits) return !date;
  return value.length >= 14 || (value.length >= 8 && !letters);
}

/** `t`, `z`, space and `+,-./:` of dates, times and amounts. */
const isDatePart = (code: number): boolean =>
  code === 116 || code === 122 || code === 32 || code === 58 || (code >= 43 && code <= 47);

/** Letters, marks and a few digits, as programmers name things. */
export function isPlainKey(key: string): boolean {
  if (key.length > 40) return false;
  let digits = 0;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (code >= 48 && code <= 57) digits++;
    else if (!isNamePart(code)) return false;
  }
  return digits < 5;
}

const isNamePart = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  code === 95 ||
  code === 45 ||
  code === 36;
