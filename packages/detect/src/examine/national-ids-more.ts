import { luhn, mod11of10, remainder, weighted11, weightedSum } from './checksums.ts';
import type { NationalId } from './national-ids.ts';

const at = (text: string, from: number, to = from + 1): number => Number(text.slice(from, to));

/** Day and month as many identifiers begin with them. */
const isDate = (day: number, month: number): boolean =>
  day >= 1 && day <= 31 && month >= 1 && month <= 12;

/** Two check digits, each by falling weights, modulo 11. */
function cpf(id: string): boolean {
  if (/^(\d)\1*$/.test(id)) return false;
  return [9, 10].every((length) => {
    const weights = Array.from({ length }, (_, i) => length + 1 - i);
    return ((weightedSum(id, weights) * 10) % 11) % 10 === at(id, length);
  });
}

/** Verhoeff's scheme, by the group of symmetries of a pentagon. */
const VERHOEFF_SHIFTS = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

function dihedral(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b - 5) % 5);
  return b < 5 ? 5 + ((a - 5 - b + 5) % 5) : (a - b + 5) % 5;
}

function verhoeff(id: string): boolean {
  let check = 0;
  for (let i = 0; i < id.length; i++) {
    let digit = at(id, id.length - 1 - i);
    for (let turn = 0; turn < i % 8; turn++) digit = VERHOEFF_SHIFTS[digit] ?? 0;
    check = dihedral(check, digit);
  }
  return check === 0;
}

function chinese(id: string): boolean {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const year = at(id, 6, 10);
  const inTime = year > 1_899 && year < 2_100;
  const check = '10X98765432'[weightedSum(id, weights) % 11];
  return inTime && isDate(at(id, 12, 14), at(id, 10, 12)) && check === id[17];
}

function belgian(id: string): boolean {
  const [born, check] = [id.slice(0, 9), at(id, 9, 11)];
  const holds = 97 - remainder(born, 97) === check || 97 - remainder(`2${born}`, 97) === check;
  return holds && at(id, 2, 4) <= 12 && at(id, 4, 6) <= 31;
}

function danish(id: string): boolean {
  return isDate(at(id, 0, 2), at(id, 2, 4)) && weighted11(id, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
}

function norwegian(id: string): boolean {
  const first = weighted11(id.slice(0, 10), [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]);
  const second = weighted11(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
  return first && second && isDate(at(id, 0, 2) % 40, at(id, 2, 4) % 40);
}

/** Two passes, the second with other weights where the first gives ten. */
function baltic(id: string): boolean {
  const first = weightedSum(id, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  const second = weightedSum(id, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
  const check = first < 10 ? first : second % 10;
  return check === at(id, 10) && isDate(at(id, 5, 7), at(id, 3, 5)) && at(id, 0) > 0;
}

function bulgarian(id: string): boolean {
  const sum = weightedSum(id, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11;
  return sum % 10 === at(id, 9) && isDate(at(id, 4, 6), at(id, 2, 4) % 20);
}

function romanian(id: string): boolean {
  const sum = weightedSum(id, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return sum % 10 === at(id, 12) && at(id, 0) > 0 && isDate(at(id, 5, 7), at(id, 3, 5));
}

/** The month says the sex and the century. */
const czech = (id: string): boolean =>
  isDate(at(id, 4, 6), at(id, 2, 4) % 50 > 12 ? (at(id, 2, 4) % 50) - 20 : at(id, 2, 4) % 50) &&
  (remainder(id, 11) === 0 || (remainder(id.slice(0, 9), 11) === 10 && id[9] === '0'));

function turkish(id: string): boolean {
  const odd = weightedSum(id, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weightedSum(id, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  const all = weightedSum(id, new Array(10).fill(1)) % 10;
  return id[0] !== '0' && tenth === at(id, 9) && all === at(id, 10);
}

function korean(id: string): boolean {
  const sum = weightedSum(id, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
  return (11 - (sum % 11)) % 10 === at(id, 12) && isDate(at(id, 4, 6), at(id, 2, 4));
}

const israeli = (id: string): boolean => luhn(id) && remainder(id, 1e9) > 9_999;

const australianTax = (id: string): boolean => weighted11(id, [1, 4, 3, 7, 5, 8, 6, 9, 10]);

const southAfrican = (id: string): boolean =>
  luhn(id) && isDate(at(id, 4, 6), at(id, 2, 4)) && at(id, 10) < 3;

/** ISO 7064 MOD 11,10 over all but the last digit, as Croatia has it. */
const croatian = (id: string): boolean => mod11of10(id);

const portuguese = (id: string): boolean => {
  const check = 11 - (weightedSum(id, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return '123568'.includes(id[0] ?? '') && (check > 9 ? 0 : check) === at(id, 8);
};

const irish = (id: string): boolean => {
  const more = id.length > 8 ? 9 * (id.charCodeAt(8) - 64) : 0;
  const sum = weightedSum(id.slice(0, 7), [8, 7, 6, 5, 4, 3, 2]) + more;
  return 'WABCDEFGHIJKLMNOPQRSTUV'[sum % 23] === id[7];
};

/** Canada’s social insurance, never beginning with 0 or 8. */
const canadian = (id: string): boolean => luhn(id) && !'08'.includes(id[0] ?? '0');

const row = (
  country: string,
  shape: string,
  check: NationalId['check'],
  words?: string,
  groups?: readonly number[],
): NationalId => ({
  country,
  shape,
  check,
  ...(words === undefined ? {} : { words: words.split(',') }),
  ...(groups === undefined ? {} : { groups }),
});

/**
 * Rows by countries. Runs of digits that a tenth of all numbers would pass ask for a word, also
 * where they are written in groups.
 */
export const MORE_NATIONAL_IDS: readonly NationalId[] = [
  row('AU', '999999999', australianTax, 'tfn,tax file'),
  row('BE', '99999999999', belgian, 'rijksregister,registre national,insz,niss'),
  row('BG', '9999999999', bulgarian, 'egn,егн'),
  row('BR', '99999999999', cpf, 'cpf', [3, 3, 3, 2]),
  row('CA', '999999999', canadian, 'sin,social ins,nas'),
  row('CN', '99999999999999999A', chinese),
  row('CN', '999999999999999999', chinese, '身份证,identity,id card,resident'),
  row('CZ', '9999999999', czech, 'rodné,rodne,rodné číslo'),
  row('DK', '9999999999', danish, 'cpr,personnummer', [6, 4]),
  row('EE', '99999999999', baltic, 'isikukood,asmens,personal code'),
  row('HR', '99999999999', croatian, 'oib'),
  row('IE', '9999999AA', irish, 'pps,ppsn,pps number'),
  row('IL', '999999999', israeli, 'teudat,zehut,ת.ז,תעודת'),
  row('IN', '999999999999', verhoeff, 'aadhaar,aadhar,uidai,आधार'),
  row('KR', '9999999999999', korean, '주민,resident reg', [6, 7]),
  row('NO', '99999999999', norwegian, 'fødselsnummer,fodselsnummer,personnummer'),
  row('PT', '999999999', portuguese, 'nif,contribuinte'),
  row('RO', '9999999999999', romanian, 'cnp,numeric personal'),
  row('TR', '99999999999', turkish, 'kimlik,tckn'),
  row('ZA', '9999999999999', southAfrican, 'id number,identity,sa id'),
];
