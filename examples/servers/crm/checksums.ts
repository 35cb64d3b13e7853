/** Check digits, so that invented account data has the form that real data has. */

const IBAN_COUNTRY = 'DE';
/** `DE` and the two zero check digits as ISO 7064 reads them: D = 13, E = 14. */
const IBAN_COUNTRY_DIGITS = '131400';

/** A German IBAN around 18 digits (bank code and account), with ISO 7064 mod 97-10 check digits. */
export const ibanOf = (accountDigits: string): string => {
  const check = 98n - (BigInt(accountDigits + IBAN_COUNTRY_DIGITS) % 97n);
  return `${IBAN_COUNTRY}${check.toString().padStart(2, '0')}${accountDigits}`;
};

/** Appends the Luhn digit (ISO/IEC 7812-1, annex B). */
export const withLuhn = (digits: string): string => {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
};
