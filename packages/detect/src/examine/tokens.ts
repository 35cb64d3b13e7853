import { AT, CLASSES, COLON, DIGIT, DOT, LETTER, LOWER, SLASH, UPPER, WIDE } from './characters.ts';
import { readEmails } from './emails.ts';
import { entropy } from './entropy.ts';
import { mixedAt } from './numbers.ts';
import type { Reading } from './reading.ts';
import { readUrl } from './urls.ts';

const TOKEN_CHARS_MIN = 16;
const ENCODED_CHARS_MIN = 64;
const NUMBER_DIGITS_MIN = 5;

/** Reads a run of characters without a break; `flags` says what it is made of. */
export function readToken(reading: Reading, token: string, flags: number, offset: number): void {
  if ((flags & COLON) !== 0 && (flags & SLASH) !== 0) {
    const colon = token.indexOf('://');
    if (colon > 0) {
      readUrl(reading, token, colon, offset);
      if ((flags & AT) !== 0) {
        const rest = token.slice(colon + 3);
        reading.inside(() => readEmails(reading, rest, offset + colon + 3));
      }
      return;
    }
  }
  if ((flags & AT) !== 0 && (flags & DOT) !== 0) {
    readEmails(reading, token, offset);
    return;
  }
  if (token.length >= ENCODED_CHARS_MIN && isEncoded(token, flags)) {
    reading.mark('encoded', offset, offset + token.length);
    reading.atom('token', token.slice(0, 512).toLowerCase(), offset);
    return;
  }
  pieces(reading, token, offset);
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
function pieces(reading: Reading, token: string, offset: number): void {
  let start = 0;
  for (let i = 0; i <= token.length; i++) {
    if (i < token.length && !isSplit(token.charCodeAt(i))) continue;
    if (i - start >= NUMBER_DIGITS_MIN) piece(reading, token.slice(start, i), offset + start);
    start = i + 1;
  }
}

function piece(reading: Reading, text: string, offset: number): void {
  const bare = text.replace(/^[.*!~_+-]{1,4}|[.*!~_+-]{1,4}$/g, '');
  const flags = flagsOf(bare);
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
    reading.hide(offset, offset + token.length, 'token');
  }
}

function flagsOf(text: string): number {
  let flags = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    flags |= code < 128 ? (CLASSES[code] ?? 0) : WIDE;
  }
  return flags;
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
export function readMixed(
  reading: Reading,
  text: string,
  at: number,
  nearby: () => string,
): number {
  const found = mixedAt(text, at, nearby);
  if (!found) return 0;
  reading.mark(found.class, at, found.end);
  reading.atom('token', found.compact.toLowerCase(), at, found.class);
  return found.end;
}
