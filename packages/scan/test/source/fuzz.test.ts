import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { masked } from '../../src/source/evidence.ts';
import { examine } from '../../src/source/examine.ts';

const CORPUS = join(import.meta.dirname, 'corpus');
const texts = readdirSync(CORPUS).map((name) => readFileSync(join(CORPUS, name), 'utf8'));
const words = texts.flatMap((text) => text.split(/\b/));

const CALM = { progress: () => undefined, isLate: () => false };

/** Broken source: pieces of what works, in any order. */
const rubble = fc
  .array(fc.tuple(fc.nat(words.length - 1), fc.integer({ min: 1, max: 40 })), { maxLength: 12 })
  .map((pieces) => pieces.map(([start, length]) => words.slice(start, start + length).join('')))
  .map((pieces) => pieces.join(' '));

verifies(
  'scan:source-contained',
  () => {
    fc.assert(
      fc.property(
        rubble,
        fc.constantFrom('a.ts', 'a.tsx', 'a.js', 'a.yaml', '.env'),
        (text, path) => {
          const { findings } = examine([{ path, text: `${text} OTEL_` }], CALM);
          const lines = text.split('\n').length;
          for (const { line, column } of findings) {
            expect(line).toBeLessThanOrEqual(lines);
            expect(column).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 1_500 },
    );
  },
  { case: 'rubble', timeoutMs: 60_000 },
);

test('the order of files changes nothing', () => {
  const files = texts.slice(0, 12).flatMap((text, pair) =>
    text
      .split(/^-- .+ --\n/m)
      .slice(1)
      .map((part, index) => ({ path: `${pair}-${index}.ts`, text: part })),
  );
  const key = (all: typeof files): readonly string[] =>
    examine(all, CALM)
      .findings.map(({ path, line, check }) => `${path}:${line} ${check}`)
      .sort();
  expect(key([...files].reverse())).toEqual(key(files));
});

test('evidence has no control characters, and is short', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (line) => {
      const text = masked(line);
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(text.length).toBeLessThanOrEqual(200);
    }),
  );
});
