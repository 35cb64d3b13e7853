import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes, fromBase64, fromHex, toBase64, toHex } from '../src/bytes.ts';

const BYTES = fc.uint8Array({ maxLength: 100 });

describe('bytes', () => {
  it('come back from hexadecimal and Base64 as they were', () => {
    fc.assert(
      fc.property(BYTES, (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
  });

  it('survive Base64 when they are many', () => {
    const bytes = new Uint8Array(200_000).map((_, i) => i);
    expect(equalBytes(fromBase64(toBase64(bytes)) ?? concatBytes(), bytes)).toBe(true);
  });

  it('are not read from text with slips', () => {
    for (const text of ['0', '0g', ' 00', '0x00', '00\n'])
      expect(fromHex(text), text).toBeUndefined();
    for (const text of ['A', 'AB==', 'AA', 'A A=', 'AA==\n', '-_8=']) {
      expect(fromBase64(text), text).toBeUndefined();
    }
  });

  it('are equal only when all of them are', () => {
    fc.assert(
      fc.property(BYTES, fc.nat(), (bytes, place) => {
        fc.pre(bytes.length > 0);
        const other = Uint8Array.from(bytes);
        expect(equalBytes(bytes, other)).toBe(true);
        other[place % bytes.length] = (other[place % bytes.length] ?? 0) ^ 0x80;
        expect(equalBytes(bytes, other)).toBe(false);
        expect(equalBytes(bytes, bytes.subarray(1))).toBe(false);
      }),
    );
  });
});
