import { CodedError, canonicalize } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeLeaf, isLeafText, type Leaf } from '../src/index.ts';

const name = fc.stringMatching(/^~?[A-Za-z0-9_.:/@-]{0,24}$/);
const detail = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    name,
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  ),
})).value;
const leafWith = (members: object): Leaf => ({
  v: 1,
  id: 'a',
  ts: 0,
  boot: 'b',
  kind: 'alert',
  ...members,
});

describe('encodeLeaf', () => {
  it('gives the canonical form, made of what a leaf may hold', () => {
    fc.assert(
      fc.property(fc.dictionary(name, detail, { maxKeys: 6 }), (members) => {
        const leaf = leafWith({ ...members, gone: undefined });
        const text = encodeLeaf(leaf);
        expect(text).toBe(canonicalize(leaf));
        expect(isLeafText(text)).toBe(true);
      }),
    );
  });

  it('lets no other text, key or value in', () => {
    const bad: unknown[] = ['a b', 'a","b":"c', 'é', '\n', 'x'.repeat(129), 0.5, 2 ** 53, null];
    for (const value of [...bad, Number.NaN, undefined, 1n, () => 1]) {
      expect(() => encodeLeaf(leafWith({ detail: [value] }))).toThrow(CodedError);
      if (typeof value !== 'string') continue;
      expect(() => encodeLeaf(leafWith({ detail: { [value]: 1 } }))).toThrow(CodedError);
    }
  });
});
