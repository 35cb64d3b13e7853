import {
  AT,
  CLASSES,
  COLON,
  DIGIT,
  DOT,
  LETTER,
  LOWER,
  MARK,
  SLASH,
  UPPER,
  WIDE,
} from './characters.ts';
import { ENCODED_CHARS_MIN } from './decode.ts';
import { readEmails } from './emails.ts';
import { entropy } from './entropy.ts';
import { noteEncoded } from './layers.ts';
import { mixedAt } from './numbers.ts';
import type { Reading } from './reading.ts';
import { readUrl } from './urls.ts';

const TOKEN_CHARS_MIN = 16;
const BLOB_CHARS_MIN = 64;
const NUMBER_DIGITS_MIN = 5;

/**
 * Reads a run of characters without a break, from `start` to `end` of the open text; `flags` says
 * what it is made of.
 */
export function readToken(reading: Reading, start: number, end: number, flags: number): void {
  if (end - start >= ENCODED_CHARS_MIN && mayHoldEncoded(flags)) noteEncoded(reading, start, end);
  // Without one of these nothing below would be found: so end most words.
  if (end - start < NUMBER_DIGITS_MIN || (flags & (DIGIT | SLASH | DOT)) === 0) return;
  if ((flags & (COLON | SLASH)) === (COLON | SLASH)) {
    const token = reading.text.slice(start, end);
    const colon = token.indexOf('://');
    if (colon > 0) {
      address(reading, token, colon, start, flags);
      return;
    }
  }
  if ((flags & (AT | DOT)) === (AT | DOT)) {
    readEmails(reading, reading.text.slice(start, end), start);
    return;
  }
  if (end - start >= BLOB_CHARS_MIN && isEncoded(reading.text.slice(start, end), flags)) {
    reading.mark('encoded', start, end);
    const stop = Math.min(end, start + 512);
    reading.atom('token', reading.text.slice(start, stop).toLowerCase(), start);
    return;
  }
  if ((flags & (MARK | COLON)) === 0) piece(reading, start, end);
  else pieces(reading, start, end);
}

/** Letters of one case are words; digits, both cases or a percent sign may be more. */
const mayHoldEncoded = (flags: number): boolean =>
  (flags & (DIGIT | MARK)) !== 0 || (flags & (UPPER | LOWER)) === (UPPER | LOWER);

function address(
  reading: Reading,
  token: string,
  colon: number,
  offset: number,
  flags: number,
): void {
  readUrl(reading, token, colon, offset);
  if ((flags & AT) === 0) return;
  const rest = token.slice(colon + 3);
  reading.inside(() => readEmails(reading, rest, offset + colon + 3));
}

/** Base64 and hexadecimal runs, and percent-encoding where nothing needs it. */
function isEncoded(token: string, flags: number): boolean {
  if ((flags & (WIDE | DOT)) !== 0) return false;
  const all = DIGIT | LOWER | UPPER;
  if ((flags & all) === all) return entropy(token) > 4.2;
  return token.length >= 128 && (flags & DIGIT) !== 0 && /^[0-9a-f]+$/i.test(token);
}

const isSplit = (code: number): boolean =>
  code === 61 || code === 58 || code === 38 || code === 63 || code === 35;

/** `key=value&key:value`: each part is a value of its own. */
function pieces(reading: Reading, from: number, to: number): void {
  const { bytes } = reading.codes;
  let start = from;
  for (let i = from; i < to; i++) {
    if (!isSplit(bytes[i] ?? 0)) continue;
    piece(reading, start, i);
    start = i + 1;
  }
  piece(reading, start, to);
}

/** Marks around a piece that are none of it: emphasis, list marks, ends of sentences. */
const isFringe = (code: number): boolean =>
  code === 46 ||
  code === 42 ||
  code === 95 ||
  code === 45 ||
  code === 33 ||
  code === 126 ||
  code === 43;
const FRINGE_CHARS_MAX = 4;

function piece(reading: Reading, from: number, to: number): void {
  if (to - from < NUMBER_DIGITS_MIN) return;
  const { bytes } = reading.codes;
  let start = from;
  let end = to;
  while (start < end && start - from < FRINGE_CHARS_MAX && isFringe(bytes[start] ?? 0)) start++;
  while (end > start && to - end < FRINGE_CHARS_MAX && isFringe(bytes[end - 1] ?? 0)) end--;
  let flags = 0;
  for (let i = start; i < end; i++) flags |= CLASSES[bytes[i] ?? 0] ?? 0;
  if (isPromising(flags, end - start)) value(reading, reading.text.slice(start, end), flags, start);
}

/** Can the text be a value at all? Most pieces end here. */
const isPromising = (flags: number, length: number): boolean =>
  (flags & (SLASH | DOT)) !== 0 ||
  flags === DIGIT ||
  ((flags & DIGIT) !== 0 && length >= TOKEN_CHARS_MIN);

function value(reading: Reading, bare: string, flags: number, offset: number): void {
  if ((flags & SLASH) !== 0) {
    if (isPath(bare)) reading.atom('path', bare.toLowerCase(), offset);
  } else if (flags === DIGIT) {
    if (bare.length >= NUMBER_DIGITS_MIN && !/^\d0+$/.test(bare)) {
      reading.atom('number', bare, offset);
    }
  } else if ((flags & DIGIT) !== 0 && (flags & LETTER) !== 0 && bare.length >= TOKEN_CHARS_MIN) {
    longToken(reading, bare, flags, offset);
  } else if ((flags & DOT) !== 0 && isHostName(bare)) {
    reading.atom('host', bare.toLowerCase(), offset);
  }
}

/**
 * Random-looking text of mixed case is hidden from projections: it may be a credential of an
 * unknown shape.
 */
function longToken(reading: Reading, token: string, flags: number, offset: number): void {
  reading.atom('token', token.toLowerCase(), offset);
  const mixed = (flags & LOWER) !== 0 && (flags & UPPER) !== 0;
  if (mixed && token.length >= 20 && entropy(token) > 3.6) {
    reading.hideToken(offset, offset + token.length);
  }
}

function isPath(text: string): boolean {
  if (text.length < 6 || text.length > 512) return false;
  if (/^(~|\.{0,2})[/\\]/.test(text)) return true;
  const extension = text.length - text.lastIndexOf('.') - 1;
  return extension >= 1 && extension <= 8 && /[A-Za-z0-9]$/.test(text);
}

const TOP_LEVEL: ReadonlySet<string> = new Set(
  'com org net io dev app ai co edu gov info biz xyz cloud site online top link uk de fr nl es it eu us ca au jp ch'.split(
    ' ',
  ),
);

export function isHostName(text: string): boolean {
  const dot = text.lastIndexOf('.');
  if (dot < 1 || text.length > 253 || !TOP_LEVEL.has(text.slice(dot + 1).toLowerCase()))
    return false;
  return /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(text);
}

/** IBANs and identifiers of letters and digits; returns where it ends, or 0. */
export function readMixed(reading: Reading, at: number): number {
  const found = mixedAt(reading, at);
  if (!found) return 0;
  reading.mark(found.class, at, found.end);
  reading.atom('token', found.compact.toLowerCase(), at, found.class);
  return found.end;
}
