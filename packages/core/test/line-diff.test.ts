import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from '../src/index.ts';

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 })
  .map((lines) => lines.join('\n'));

test('both texts can be read from the difference, and equal ones have none', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDiff(before, after);
      const side = (mark: string): string =>
        lines
          .flatMap((one) => (one.mark === mark || one.mark === ' ' ? [one.line] : []))
          .join('\n');
      expect(side('-')).toBe(before);
      expect(side('+')).toBe(after);
      expect(lineDiff(before, before).every(({ mark }) => mark === ' ')).toBe(true);
    }),
  );
});

test('long texts are shown one after the other', () => {
  const long = Array.from({ length: 401 }, (_, i) => String(i)).join('\n');
  expect(lineDiff(long, long)).toHaveLength(802);
});
