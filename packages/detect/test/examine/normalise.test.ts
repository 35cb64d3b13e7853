import { sipHash } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalise, normaliseBytes } from '../../src/examine/normalise.ts';
import { facts, KEY, text } from '../support/scenario.ts';

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 240 });
const spaced = fc.array(fc.constantFrom('a', 'B', '7', ' ', '  ', '\n', '"', '-', '.', '$'));

describe('normalise', () => {
  it('gives the same for a text and for its bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          ascii,
          spaced.map((parts) => parts.join('').slice(0, 240)),
        ),
        (value) => {
          const into = new Uint8Array(240);
          const bytes = new TextEncoder().encode(value);
          const length = normaliseBytes(bytes, 0, bytes.length, into);
          expect(new TextDecoder().decode(into.subarray(0, length))).toBe(normalise(value));
          expect(sipHash(KEY, into, length)).toBe(sipHash(KEY, normalise(value)));
        },
      ),
    );
  });

  it('gives one fingerprint to a line, whatever else its text holds', () => {
    const line = 'The quarterly plan of Marlowe and daughters, second draft';
    const prints = (content: string): readonly string[] =>
      facts(text(content), 'result').atoms.map((atom) => atom.print);
    const [print] = prints(`${line}\n`);
    expect(prints(`${line}\nÜber dem Hafen\n`)).toContain(print);
    expect(prints(`x\n  - ${line.replaceAll(' ', '  ')}.\n`)).toContain(print);
  });
});
