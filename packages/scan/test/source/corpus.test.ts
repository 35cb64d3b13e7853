import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { SOURCE_CHECKS } from '../../src/source/checks.ts';
import { examine } from '../../src/source/examine.ts';
import type { SourceFile } from '../../src/source/files.ts';

const CORPUS = join(import.meta.dirname, 'corpus');
const pairs = readdirSync(CORPUS).map((name) => name.replace('.txtar', ''));

/** The files of one twin: `-- bad/server.ts --` begins each. */
function twin(pair: string, which: 'bad' | 'good'): readonly SourceFile[] {
  const parts = readFileSync(join(CORPUS, `${pair}.txtar`), 'utf8').split(/^-- (.+) --\n/m);
  const files: SourceFile[] = [];
  for (let index = 1; index < parts.length; index += 2) {
    const [folder, ...rest] = (parts[index] ?? '').split('/');
    if (folder === which) files.push({ path: rest.join('/'), text: parts[index + 1] ?? '' });
  }
  return files;
}

/** Where the bad twin says that something must be found: on this line, or on the next. */
const expected = ({ path, text }: SourceFile): readonly string[] =>
  text.split('\n').flatMap((line, index) => {
    const [, next, check] = /bad(-next)?: (source-[a-z-]+)/.exec(line) ?? [];
    return check === undefined ? [] : [`${path}:${index + (next ? 2 : 1)} ${check}`];
  });

const CALM = { progress: () => undefined, isLate: () => false };

const found = (files: readonly SourceFile[]): readonly string[] =>
  examine(files, CALM)
    .findings.map(({ path, line, check }) => `${path}:${line} ${check}`)
    .sort();

test.each(pairs)('%s: the bad twin is found, line by line, and nothing else', (pair) => {
  const files = twin(pair, 'bad');
  const marked = files.flatMap(expected);
  expect(marked.length).toBeGreaterThan(0);
  expect([...new Set(found(files))]).toEqual([...marked].sort());
});

test.each(pairs)('%s: the good twin passes what the bad one fails', (pair) => {
  const check = `source-${pair.split('.')[0]}`;
  const { findings, looked, unread } = examine(twin(pair, 'good'), CALM);
  expect(findings).toEqual([]);
  expect(unread).toEqual([]);
  const isNamed = SOURCE_CHECKS.some(({ id }) => id === check);
  expect(isNamed).toBe(true);
  const isSwitch = check === 'source-content-switch' || check === 'source-plain-digest';
  const looks = [...looked].some(([id]) => id === check);
  // Of a switch that guards nothing, and of a digest that has a key, there is nothing to see.
  expect(looks || isSwitch).toBe(true);
});

verifies('scan:source-corpus', () => {
  const named = new Set(pairs.map((pair) => `source-${pair.split('.')[0]}`));
  const own = SOURCE_CHECKS.map(({ id }) => id).filter(
    (id) => id !== 'source-suppressed' && id !== 'source-unread',
  );
  expect(own.filter((id) => !named.has(id))).toEqual([]);
  expect(pairs.length).toBeGreaterThanOrEqual(20);
});
