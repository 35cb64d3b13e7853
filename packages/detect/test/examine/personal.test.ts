import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { iban97, luhn } from '../../src/examine/checksums.ts';
import { examine } from '../../src/examine/examine.ts';
import { NATIONAL_IDS, type NationalId } from '../../src/examine/national-ids.ts';

const classesOf = (content: unknown): readonly string[] =>
  examine(content, 0, { key: [1, 2, 3, 4], digest: () => '00', role: 'result' }).classes.map(
    (found) => found.class,
  );

const digits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });

/** Identifiers as an authority gives them: by search, so that only the check is trusted. */
function examplesOf({ shape, check }: NationalId, count: number): readonly string[] {
  const found = new Set<string>();
  let seed = 20_260_101;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let tries = 0; found.size < count && tries < 4_000_000; tries++) {
    let id = '';
    for (const one of shape) id += one === '9' ? next(10) : String.fromCharCode(65 + next(26));
    if (check(id)) found.add(id);
  }
  return [...found];
}

/** The same with one digit changed, in all ways. */
const changesOf = (id: string): readonly string[] =>
  Array.from(id).flatMap((one, at) => {
    const others = /\d/.test(one) ? Array.from('0123456789').filter((digit) => digit !== one) : [];
    return others.map((digit) => id.slice(0, at) + digit + id.slice(at + 1));
  });

/** No scheme of check digits, but for areas that are not given out. */
const UNCHECKED = new Set(['US', 'GB']);

describe('identifiers of persons', () => {
  it('are those of at least 25 countries', () => {
    expect(new Set(NATIONAL_IDS.map(({ country }) => country)).size).toBeGreaterThanOrEqual(25);
  });

  for (const row of NATIONAL_IDS) {
    const examples = examplesOf(row, 12);
    const name = `${row.country} ${row.shape}`;
    verifies(
      'pii:national-ids',
      () => {
        expect(examples.length).toBeGreaterThan(5);
        for (const id of examples) {
          const member = row.words === undefined ? 'value' : `the ${row.words[0]}`;
          expect(classesOf({ [member]: id }), id).toContain('pii.national-id');
        }
        if (UNCHECKED.has(row.country)) return;
        const changed = examples.flatMap(changesOf);
        const passed = changed.filter(row.check);
        // Where a remainder of ten is written as another digit, a few changes go unseen.
        expect(passed.length / changed.length, name).toBeLessThan(0.05);
      },
      { case: name },
    );
  }
});

describe('cards and accounts', () => {
  const issuer = fc.constantFrom('4', '51', '55', '2221', '2720', '34', '37', '36', '6011', '62');
  const lengths: Readonly<Record<string, number>> = { '34': 15, '37': 15, '36': 14 };
  const card = issuer.chain((head) =>
    digits((lengths[head] ?? 16) - head.length - 1).map((body) => {
      const last = '0123456789'.split('').find((digit) => luhn(head + body + digit)) ?? '0';
      return head + body + last;
    }),
  );

  verifies(
    'pii:national-ids',
    () => {
      fc.assert(
        fc.property(card, fc.nat(), fc.nat({ max: 8 }), (number, where, by) => {
          const grouped = number.length === 16 ? number.replace(/(.{4})(?=.)/g, '$1 ') : number;
          expect(classesOf(`card ${number}.`)).toContain('pii.card');
          expect(classesOf(grouped)).toContain('pii.card');
          const at = where % number.length;
          const other = (Number(number[at]) + 1 + by) % 10;
          const wrong = number.slice(0, at) + other + number.slice(at + 1);
          if (wrong !== number) expect(classesOf(`card ${wrong}.`)).not.toContain('pii.card');
        }),
        { numRuns: 500 },
      );
    },
    { case: 'cards' },
  );

  const account = fc
    .constantFrom(['DE', 18], ['FR', 23], ['NL', 14], ['PL', 24], ['NO', 11])
    .chain(([country, length]) =>
      digits(Number(length)).map((bban) => {
        const body = country === 'NL' ? `ABNA${bban.slice(4)}` : bban;
        for (let check = 2; check < 99; check++) {
          const iban = `${country}${String(check).padStart(2, '0')}${body}`;
          if (iban97(iban)) return iban;
        }
        return '';
      }),
    );

  verifies(
    'pii:national-ids',
    () => {
      fc.assert(
        fc.property(
          account.filter((iban) => iban !== ''),
          fc.nat(),
          (iban, where) => {
            expect(classesOf(`pay to ${iban.replace(/(.{4})(?=.)/g, '$1 ')}, please`)).toContain(
              'pii.iban',
            );
            const at = 4 + (where % (iban.length - 4));
            const one = iban[at] ?? '';
            if (!/\d/.test(one)) return;
            const wrong = iban.slice(0, at) + ((Number(one) + 1) % 10) + iban.slice(at + 1);
            expect(classesOf(`pay to ${wrong}, please`)).not.toContain('pii.iban');
          },
        ),
        { numRuns: 300 },
      );
    },
    { case: 'accounts' },
  );
});

describe('ordinary text has no personal data', () => {
  const hex = (length: number): fc.Arbitrary<string> =>
    fc.string({
      unit: fc.constantFrom(...'0123456789abcdef'),
      minLength: length,
      maxLength: length,
    });
  const kinds: Readonly<Record<string, fc.Arbitrary<string>>> = {
    uuid: fc.uuid(),
    timestamp: fc
      .date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    'seconds since 1970': fc.integer({ min: 1_500_000_000, max: 2_000_000_000 }).map(String),
    'milliseconds since 1970': fc
      .integer({ min: 1_500_000_000, max: 2_000_000_000 })
      .map((seconds) => `${seconds}123`),
    'hash of a commit': hex(40),
    'order number': fc
      .tuple(fc.constantFrom('ORD', 'INV', 'PO'), digits(8))
      .map(([head, number]) => `${head}-2026-${number}`),
    version: fc.tuple(fc.nat(40), fc.nat(99), fc.nat(9_999)).map((parts) => `v${parts.join('.')}`),
    amount: fc
      .integer({ min: 1_000, max: 99_999_999 })
      .map((cents) => `${(cents / 100).toFixed(2)} EUR`),
    address: fc.ipV4(),
    size: fc.integer({ min: 1_000, max: 9_999_999_999 }).map((bytes) => `${bytes} bytes`),
  };
  for (const [name, arbitrary] of Object.entries(kinds)) {
    it(`as ${name}`, () => {
      let wrong = 0;
      fc.assert(
        fc.property(arbitrary, (text) => {
          const found = classesOf({ note: `see ${text} since then`, id: text });
          if (found.some((one) => one.startsWith('pii.'))) wrong++;
        }),
        { numRuns: 2_000, seed: 7 },
      );
      expect(wrong).toBeLessThanOrEqual(name === 'milliseconds since 1970' ? 20 : 4);
    });
  }
});
