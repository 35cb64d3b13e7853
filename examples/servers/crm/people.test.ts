import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ibanOf, withLuhn } from './checksums.ts';
import { CUSTOMERS, CUSTOMERS_COUNT } from './people.ts';

/** ISO 13616: the first four characters go last, letters count from A = 10, the rest of 97 is 1. */
const ibanHolds = (iban: string): boolean => {
  const digits = [...iban.slice(4), ...iban.slice(0, 4)]
    .map((c) => Number.parseInt(c, 36))
    .join('');
  return BigInt(digits) % 97n === 1n;
};

const luhnHolds = (number: string): boolean => {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + Math.floor(value / 10) + (value % 10);
  }, 0);
  return sum % 10 === 0;
};

const digitsOfLength = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });

describe('check digits', () => {
  test('every IBAN holds, and a changed digit breaks it', () => {
    fc.assert(
      fc.property(digitsOfLength(18), fc.nat(17), (account, at) => {
        const iban = ibanOf(account);
        const index = at + 4;
        const changed = (Number(iban[index]) + 1) % 10;
        expect(iban).toHaveLength(22);
        expect(ibanHolds(iban)).toBe(true);
        expect(ibanHolds(iban.slice(0, index) + changed + iban.slice(index + 1))).toBe(false);
      }),
    );
  });

  test('every card number holds', () => {
    fc.assert(fc.property(digitsOfLength(15), (digits) => luhnHolds(withLuhn(digits))));
  });
});

describe('customers', () => {
  test('nobody is there twice, by any of their data', () => {
    for (const key of ['id', 'fullName', 'email', 'phone', 'iban', 'card'] as const) {
      expect(new Set(CUSTOMERS.map((c) => c[key])).size).toBe(CUSTOMERS_COUNT);
    }
  });

  test('data have the forms that detectors know', () => {
    for (const { email, phone, iban, card } of CUSTOMERS) {
      expect(email).toMatch(/^[a-z]+\.[a-z]+@example\.(com|org|net)$/);
      expect(phone).toMatch(/^\+44 20 7946 0\d{3}$/);
      expect(ibanHolds(iban)).toBe(true);
      expect(card).toHaveLength(16);
      expect(luhnHolds(card)).toBe(true);
    }
  });
});
