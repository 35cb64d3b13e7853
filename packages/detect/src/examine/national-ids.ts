import { ean13, luhn, mod11of10, remainder, weighted11, weightedSum } from './checksums.ts';
import { MORE_NATIONAL_IDS } from './national-ids-more.ts';
import type { Nearby } from './nearby.ts';

/**
 * National identifiers as data: one row per kind. `shape` describes the compact form, one letter
 * per character: `9` a digit, `A` a letter. A row whose check accepts too many plain numbers asks
 * for a word nearby.
 */
export interface NationalId {
  readonly country: string;
  readonly shape: string;
  readonly check: (compact: string) => boolean;
  /** Lengths of the groups in which people write it; without them the compact form alone counts. */
  readonly groups?: readonly number[];
  /** One of these must stand nearby, in lower case, unless the groups match. */
  readonly words?: readonly string[];
}

const digitsOf = (text: string, from: number, to: number): number => Number(text.slice(from, to));

function socialSecurity(id: string): boolean {
  const area = digitsOf(id, 0, 3);
  const advertised = id === '078051120' || id === '219099999';
  const areaOk = area !== 0 && area !== 666 && area < 900;
  return areaOk && digitsOf(id, 3, 5) !== 0 && digitsOf(id, 5, 9) !== 0 && !advertised;
}

function nationalInsurance(id: string): boolean {
  const bad = ['BG', 'GB', 'NK', 'KN', 'TN', 'NT', 'ZZ'].includes(id.slice(0, 2));
  return (
    !bad && !/[DFIQUV]/.test(id[0] ?? '') && !/[DFIOQUV]/.test(id[1] ?? '') && (id[8] ?? 'Z') <= 'D'
  );
}

/** § 139b AO: among the first ten digits exactly one occurs twice or three times. */
function taxId(id: string): boolean {
  const counts = new Array<number>(10).fill(0);
  for (const digit of id.slice(0, 10)) counts[Number(digit)] = (counts[Number(digit)] ?? 0) + 1;
  const repeated = counts.filter((count) => count > 1);
  return id[0] !== '0' && repeated.length === 1 && (repeated[0] ?? 0) < 4 && mod11of10(id);
}

function socialSecurityFrance(id: string): boolean {
  const month = digitsOf(id, 3, 5);
  const monthOk = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
  const first = id[0] === '1' || id[0] === '2';
  return first && monthOk && 97 - remainder(id.slice(0, 13), 97) === digitsOf(id, 13, 15);
}

const SPANISH = 'TRWAGMYFPDXBNJZSQVHLCKE';
const spanish = (number: string, letter: string | undefined): boolean =>
  SPANISH[Number(number) % 23] === letter;

const ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

function fiscalCode(id: string): boolean {
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const code = id.charCodeAt(i);
    const value = code < 58 ? code - 48 : code - 65;
    sum += i % 2 ? value : (ODD[value] ?? 0);
  }
  return sum % 26 === id.charCodeAt(15) - 65;
}

const PESEL = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3];

export const NATIONAL_IDS: readonly NationalId[] = [
  {
    country: 'US',
    shape: '999999999',
    groups: [3, 2, 4],
    words: ['ssn', 'social sec'],
    check: socialSecurity,
  },
  { country: 'GB', shape: 'AA999999A', groups: [2, 2, 2, 2, 1], check: nationalInsurance },
  {
    country: 'DE',
    shape: '99999999999',
    groups: [2, 3, 3, 3],
    words: ['steuer', 'idnr', 'tax'],
    check: taxId,
  },
  { country: 'FR', shape: '999999999999999', check: socialSecurityFrance },
  { country: 'ES', shape: '99999999A', check: (id) => spanish(id.slice(0, 8), id[8]) },
  {
    country: 'ES',
    shape: 'A9999999A',
    check: (id) =>
      'XYZ'.includes(id[0] ?? '-') && spanish('XYZ'.indexOf(id[0] ?? '') + id.slice(1, 8), id[8]),
  },
  {
    country: 'NL',
    shape: '999999999',
    words: ['bsn', 'burgerservice', 'sofinummer'],
    check: (id) => weighted11(id, [9, 8, 7, 6, 5, 4, 3, 2, -1]) && remainder(id, 1e9) > 9_999_999,
  },
  { country: 'IT', shape: 'AAAAAA99A99A999A', check: fiscalCode },
  {
    country: 'CH',
    shape: '9999999999999',
    groups: [3, 4, 4, 2],
    words: ['ahv', 'avs'],
    check: (id) => id.startsWith('756') && ean13(id),
  },
  {
    country: 'SE',
    shape: '9999999999',
    groups: [6, 4],
    words: ['personnummer'],
    check: (id) => luhn(id) && digitsOf(id, 2, 4) <= 12 && digitsOf(id, 4, 6) <= 31,
  },
  {
    country: 'PL',
    shape: '99999999999',
    words: ['pesel'],
    check: (id) => (10 - (weightedSum(id, PESEL) % 10)) % 10 === digitsOf(id, 10, 11),
  },
  ...MORE_NATIONAL_IDS,
];

const byShape: ReadonlyMap<string, readonly NationalId[]> = Map.groupBy(
  NATIONAL_IDS,
  (row) => row.shape,
);

const LENGTHS: ReadonlySet<number> = new Set(NATIONAL_IDS.map(({ shape }) => shape.length));

/** Which country's identifier is it? `nearby` is asked only where the check alone proves little. */
export function nationalId(
  compact: string,
  groups: readonly number[],
  nearby: Nearby,
): NationalId | undefined {
  if (!LENGTHS.has(compact.length)) return undefined;
  for (const row of byShape.get(shapeOf(compact)) ?? []) {
    if (!row.check(compact)) continue;
    const written = row.groups?.every((size, i) => groups[i] === size) ?? row.words === undefined;
    if (written || (row.words === undefined && groups.length === 1)) return row;
    const text = row.words ? nearby.words : '';
    if (row.words?.some((word) => standsIn(text, word))) return row;
  }
  return undefined;
}

/** Longer words are hardly ever part of others. */
const SHORT_CHARS_MAX = 5;
const LETTER = /\p{L}/u;

function standsIn(text: string, word: string): boolean {
  const at = text.indexOf(word);
  if (at < 0 || word.length > SHORT_CHARS_MAX) return at >= 0;
  return !LETTER.test(text[at - 1] ?? '') && !LETTER.test(text[at + word.length] ?? '');
}

function shapeOf(compact: string): string {
  let shape = '';
  for (let i = 0; i < compact.length; i++) shape += compact.charCodeAt(i) < 58 ? '9' : 'A';
  return shape;
}
