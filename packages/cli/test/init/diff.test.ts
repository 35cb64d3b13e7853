import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cpuMs } from '../../../../test/times.ts';
import { diffLines } from '../../src/init/diff.ts';

const line = fc.constantFrom('a', 'b', 'c', '{', '');
const lines = fc.array(line, { maxLength: 30 });

const ended = (all: readonly string[]): string => all.map((one) => `${one}\n`).join('');

test('what is shown is in both texts, and all that differs is shown', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const shown = diffLines(ended(before), ended(after));
      const only = (kind: string): number => shown.filter((one) => one.kind === kind).length;
      // Removing what went and adding what came turns one into the other, counted by lines.
      expect(before.length - only('gone') + only('new')).toBe(after.length);
      const inOrder = (all: readonly string[], kinds: readonly string[]): boolean => {
        let at = 0;
        for (const { kind, text } of shown) {
          if (!kinds.includes(kind)) continue;
          at = all.indexOf(text, at) + 1;
          if (at === 0) return false;
        }
        return true;
      };
      expect(inOrder(before, ['same', 'gone'])).toBe(true);
      expect(inOrder(after, ['same', 'new'])).toBe(true);
      if (ended(before) === ended(after)) expect(shown).toEqual([]);
    }),
  );
});

test('hunks have three lines around a change, and say where they are', () => {
  const before = Array.from({ length: 20 }, (_, i) => `${i + 1}`);
  const after = before.with(9, 'ten');
  expect(diffLines(before.join('\n'), after.join('\n')).map(({ text }) => text)).toEqual([
    '@@ -7 +7 @@',
    ...['7', '8', '9'],
    ...['10', 'ten'],
    ...['11', '12', '13'],
  ]);
});

test('a long file with two changes is no work', () => {
  const before = Array.from({ length: 100_000 }, (_, i) => `line ${i}`);
  const after = before.with(3, 'x').with(99_990, 'y');
  const start = cpuMs();
  const shown = diffLines(before.join('\n'), after.join('\n'));
  expect(shown.filter(({ kind }) => kind === 'new').map(({ text }) => text)).toEqual(['x', 'y']);
  expect(cpuMs() - start).toBeLessThan(2_000);
});
