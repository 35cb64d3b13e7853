import { ibanOf, withLuhn } from './checksums.ts';

/** One customer record. Every person is put together from name parts and does not exist. */
export interface Customer {
  readonly id: string;
  readonly region: Region;
  readonly fullName: string;
  readonly email: string;
  readonly phone: string;
  readonly iban: string;
  readonly card: string;
}

export const REGIONS = ['north', 'south', 'west'] as const;

type Region = (typeof REGIONS)[number];

/** Enough that a story can filter and page; little enough to read in one screen. */
export const CUSTOMERS_COUNT = 60;

const GIVEN_STARTS = ['Al', 'Bero', 'Cil', 'Dor', 'Ela', 'Fin', 'Ger', 'Hal', 'Iv', 'Jor'];
const GIVEN_ENDS = ['ena', 'mar', 'wyn', 'is', 'otta', 'ick', 'una'];
const FAMILY_STARTS = ['Ahren', 'Brook', 'Castel', 'Dunker', 'Esten', 'Falken', 'Grim', 'Hollen'];
const FAMILY_ENDS = ['dahl', 'feld', 'mont', 'ridge', 'stad', 'vik', 'worth', 'yard', 'zell'];
/** Reserved for documentation by RFC 2606 and RFC 6761. */
const DOMAINS = ['example.com', 'example.org', 'example.net'];

/** Bank codes beginning with 9 are not given out, so no such account exists. */
const BANK_CODE = '97001234';
/** A range that payment processors keep for tests. */
const CARD_PREFIX = '400000';

/** Walks a list with a stride that shares no divisor with most lengths, so that parts mix. */
const pick = <T>(list: readonly T[], index: number, stride: number): T => {
  const item = list[(index * stride) % list.length];
  if (item === undefined) throw new Error('a list of name parts is empty');
  return item;
};

const digitsOf = (index: number, factor: number, length: number): string =>
  String((index + 1) * factor)
    .padStart(length, '0')
    .slice(-length);

const customerAt = (index: number): Customer => {
  const given = pick(GIVEN_STARTS, index, 1) + pick(GIVEN_ENDS, index, 3);
  const family = pick(FAMILY_STARTS, index, 5) + pick(FAMILY_ENDS, index, 7);
  return {
    id: `cus-${1001 + index * 7}`,
    region: pick(REGIONS, index, 2),
    fullName: `${given} ${family}`,
    email: `${given}.${family}@${pick(DOMAINS, index, 1)}`.toLowerCase(),
    // +44 20 7946 0000 to 0999 is set aside for drama by Ofcom.
    phone: `+44 20 7946 0${digitsOf(index, 137, 3)}`,
    iban: ibanOf(BANK_CODE + digitsOf(index, 48_271_603, 10)),
    card: withLuhn(CARD_PREFIX + digitsOf(index, 73_918_267, 9)),
  };
};

/** The same people in every run. */
export const CUSTOMERS: readonly Customer[] = Array.from({ length: CUSTOMERS_COUNT }, (_, index) =>
  customerAt(index),
);
