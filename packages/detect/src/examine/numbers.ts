import type { ContentClass } from '@spoor/core';
import { iban97, luhn } from './checksums.ts';
import { nationalId } from './national-ids.ts';
import { Nearby } from './nearby.ts';
import type { Reading } from './reading.ts';

/** A run of digits or letters that people write in groups, read from its first character. */
export interface Grouped {
  /** Without separators. */
  readonly compact: string;
  readonly groups: readonly number[];
  readonly end: number;
  readonly class: ContentClass;
}

const DIGITS_MAX = 24;
const GROUPS_MAX = 7;
const PLUS = 43;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isUpper = (code: number): boolean => code >= 65 && code <= 90;
const isWordPart = (code: number): boolean =>
  isDigit(code) || isUpper(code) || (code >= 97 && code <= 122) || code === 95;
/** Space, hyphen, dot, slash, and brackets of an area code. */
const separates = (code: number): boolean =>
  code === 32 || code === 45 || code === 46 || code === 47 || code === 40 || code === 41;

/** Fewer digits are no number of a person. */
const DIGITS_MIN = 7;
/** From here on a number may be told by its own digits. */
const TELLING_DIGITS_MIN = 9;

/**
 * Cards, phone numbers and national identifiers that begin at `at` (a digit or `+`) of the open
 * text. Reads at most a few dozen characters, tries the longest run of groups first.
 */
export function numberAt(reading: Reading, at: number): Grouped | undefined {
  const { bytes } = reading.codes;
  const plus = bytes[at] === PLUS;
  const from = plus ? at + 1 : at;
  const digits = digitsFrom(bytes, from);
  if (digits < DIGITS_MIN) return undefined;
  const nearby = new Nearby(reading, at);
  // Most are dates and quantities, and cost no more than this.
  if (digits < TELLING_DIGITS_MIN && !plus && !nearby.isPhone) return undefined;
  return longest(reading.text, from, plus, nearby);
}

/** Counted in groups or without, up to as many as matter. */
function digitsFrom(bytes: Uint8Array, from: number): number {
  let digits = 0;
  let gap = 0;
  for (let next = from; digits < TELLING_DIGITS_MIN; next++) {
    const code = bytes[next] ?? 0;
    if (isDigit(code)) {
      digits++;
      gap = 0;
    } else if (!separates(code) || ++gap > 2) break;
  }
  return digits;
}

function longest(text: string, from: number, plus: boolean, nearby: Nearby): Grouped | undefined {
  const { digits, groups, ends } = digitGroups(text, from);
  const letter = withLetter(text, digits, ends[0] ?? from, nearby);
  if (letter && groups.length === 1) return letter;
  let length = digits.length;
  for (let count = groups.length; count > 0 && length >= DIGITS_MIN; count--) {
    const end = ends[count - 1] ?? from;
    if (!isWordPart(text.charCodeAt(end))) {
      const compact = digits.slice(0, length);
      const used = groups.slice(0, count);
      const found = classOf(compact, used, plus, text.charCodeAt(from + 3), nearby);
      if (found) return { compact, groups: used, end, class: found };
    }
    length -= groups[count - 1] ?? 0;
  }
  return undefined;
}

/** Seventeen digits and an X, which stands for ten. */
function withLetter(
  text: string,
  digits: string,
  end: number,
  nearby: Nearby,
): Grouped | undefined {
  const isLong = digits.length === 17 && text[end] === 'X';
  if (!isLong || isWordPart(text.charCodeAt(end + 1))) return undefined;
  const compact = `${digits}X`;
  if (!nationalId(compact, [18], nearby)) return undefined;
  return { compact, groups: [18], end: end + 1, class: 'pii.national-id' };
}

interface DigitGroups {
  readonly digits: string;
  readonly groups: readonly number[];
  /** Where each group ends in the text. */
  readonly ends: readonly number[];
}

function digitGroups(text: string, from: number): DigitGroups {
  const ends: number[] = [];
  const groups: number[] = [];
  let digits = '';
  let next = from;
  while (groups.length < GROUPS_MAX && isDigit(text.charCodeAt(next))) {
    const start = next;
    while (isDigit(text.charCodeAt(next)) && next - start < DIGITS_MAX) next++;
    digits += text.slice(start, next);
    groups.push(next - start);
    ends.push(next);
    if (!separates(text.charCodeAt(next))) break;
    next++;
    if (separates(text.charCodeAt(next))) next++;
  }
  return { digits, groups, ends };
}

function classOf(
  digits: string,
  groups: readonly number[],
  plus: boolean,
  fourth: number,
  nearby: Nearby,
): ContentClass | undefined {
  if (plus) return digits.length >= 8 && digits.length <= 15 ? 'pii.phone' : undefined;
  if (isCard(digits, groups)) return 'pii.card';
  if (nationalId(digits, groups, nearby)) return 'pii.national-id';
  return isPhone(digits, groups, fourth, nearby) ? 'pii.phone' : undefined;
}

function isCard(digits: string, groups: readonly number[]): boolean {
  if (digits.length < 13 || digits.length > 19 || !isIssuer(digits)) return false;
  const even = groups.length === 1 || groups.every((size) => size >= 4 && size <= 7);
  return even && luhn(digits);
}

/** Ranges of the large card schemes: without them, one long number in ten would pass as a card. */
function isIssuer(digits: string): boolean {
  const two = Number(digits.slice(0, 2));
  const four = Number(digits.slice(0, 4));
  const length = digits.length;
  if (two >= 40 && two <= 49) return length === 13 || length === 16 || length === 19;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16;
  if (two === 34 || two === 37) return length === 15;
  if (two === 36 || two === 38 || two === 30) return length === 14;
  return (two === 35 || two === 60 || two === 62 || two === 64 || two === 65) && length >= 16;
}

/** 555-123-4567 and (555) 123-4567; other national forms only beside a word for telephone. */
function isPhone(
  digits: string,
  groups: readonly number[],
  fourth: number,
  nearby: Nearby,
): boolean {
  if (digits.length < 7 || digits.length > 13 || fourth === 47) return false;
  const american = groups.length === 3 && groups[0] === 3 && groups[1] === 3 && groups[2] === 4;
  if (american && /^[2-9]\d\d[2-9]/.test(digits)) return true;
  const trunk = digits.startsWith('0') || groups.length > 1 || groups.length === 1;
  return trunk && nearby.isPhone;
}

/** Length of an IBAN by country (ISO 13616 registry). */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 ' +
    'FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 ' +
    'LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 ' +
    'SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((row) => [row.slice(0, 2), Number(row.slice(2))]),
);

/**
 * IBANs and identifiers of mixed letters and digits that begin at `at` (an upper-case letter or
 * digit).
 */
export function mixedAt(reading: Reading, at: number): Grouped | undefined {
  const { text } = reading;
  const want = IBAN_LENGTHS.get(text.slice(at, at + 2)) ?? 0;
  if (want > 0 && isDigit(text.charCodeAt(at + 2)) && isDigit(text.charCodeAt(at + 3))) {
    const iban = collect(text, at, want);
    if (iban && iban97(iban.compact)) return { ...iban, groups: [want], class: 'pii.iban' };
  }
  for (const length of [9, 16]) {
    const id = collect(text, at, length);
    if (!id || /^\d+$/.test(id.compact)) continue;
    if (nationalId(id.compact, [length], new Nearby(reading, at))) {
      return { ...id, groups: [length], class: 'pii.national-id' };
    }
  }
  return undefined;
}

/**
 * Exactly `length` letters or digits, single spaces between them allowed, and no more after them.
 */
function collect(
  text: string,
  at: number,
  length: number,
): { readonly compact: string; readonly end: number } | undefined {
  let compact = '';
  let next = at;
  while (compact.length < length) {
    const code = text.charCodeAt(next);
    if (code === 32 && text.charCodeAt(next - 1) !== 32) next++;
    else if (isDigit(code) || isUpper(code)) compact += text[next++];
    else return undefined;
  }
  return isWordPart(text.charCodeAt(next)) ? undefined : { compact, end: next };
}
