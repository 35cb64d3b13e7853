import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalize } from '../src/canonical.ts';

const VECTORS = `${
  process.env.SPOOR_VECTORS ?? fileURLToPath(new URL('../../../../shared/vectors', import.meta.url))
}/rfc8785_cyberphone/testdata`;

describe('canonicalize', () => {
  it('writes the texts that RFC 8785 was published with', () => {
    if (!existsSync(VECTORS)) {
      console.warn(`SKIPPED: no vectors at ${VECTORS}`);
      return;
    }
    const names = readdirSync(`${VECTORS}/input`);
    expect(names).toHaveLength(6);
    for (const name of names) {
      const input: unknown = JSON.parse(readFileSync(`${VECTORS}/input/${name}`, 'utf8'));
      expect(canonicalize(input), name).toBe(readFileSync(`${VECTORS}/output/${name}`, 'utf8'));
    }
  });

  it('gives equal values one text, whatever the order of their members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalize(reversed)).toBe(canonicalize(object));
        expect(JSON.parse(canonicalize(object))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });

  it('refuses what JSON cannot say', () => {
    expect(() => canonicalize(Number.NaN)).toThrow(TypeError);
    expect(() => canonicalize(Number.POSITIVE_INFINITY)).toThrow(TypeError);
    expect(() => canonicalize('\ud800')).toThrow(TypeError);
    expect(() => canonicalize(1n)).toThrow(TypeError);
  });
});
