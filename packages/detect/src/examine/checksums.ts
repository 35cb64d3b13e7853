/**
 * Check digits that tell an identifier from any other run of digits. All take bare digits or
 * letters.
 */

/** ISO/IEC 7812-1 annex B. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = digits.charCodeAt(i) - 48;
    sum += double ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
  }
  return sum % 10 === 0;
}

/**
 * ISO 7064 MOD 97-10 over digits and letters, as IBAN uses it; the first four characters are read
 * last.
 */
export function iban97(compact: string): boolean {
  let rest = 0;
  for (let i = 0; i < compact.length; i++) {
    const code = compact.charCodeAt((i + 4) % compact.length);
    const value = code < 58 ? code - 48 : (code | 32) - 87;
    rest = (value > 9 ? 100 * rest + value : 10 * rest + value) % 97;
  }
  return rest === 1;
}

/** ISO 7064 MOD 11,10: the last digit checks those before it. */
export function mod11of10(digits: string): boolean {
  let product = 10;
  for (let i = 0; i < digits.length - 1; i++) {
    const sum = (digits.charCodeAt(i) - 48 + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return (11 - product) % 10 === digits.charCodeAt(digits.length - 1) - 48;
}

/** Sum of digits times weights; those without a weight do not count. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0;
  const length = Math.min(digits.length, weights.length);
  for (let i = 0; i < length; i++) sum += (digits.charCodeAt(i) - 48) * (weights[i] ?? 0);
  return sum;
}

/** Sum of digits times weights, modulo 11, is zero. */
export const weighted11 = (digits: string, weights: readonly number[]): boolean =>
  weightedSum(digits, weights) % 11 === 0;

/** EAN-13 and its kin: weights 1 and 3 alternate. */
export function ean13(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) sum += (digits.charCodeAt(i) - 48) * (i % 2 ? 3 : 1);
  return sum % 10 === 0;
}

/** Remainder of a long decimal number, in steps that doubles hold exactly. */
export function remainder(digits: string, modulus: number): number {
  let rest = 0;
  for (let i = 0; i < digits.length; i++) rest = (10 * rest + digits.charCodeAt(i) - 48) % modulus;
  return rest;
}
