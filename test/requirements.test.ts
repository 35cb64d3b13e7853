import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesIn, ROOT, read } from './repository.ts';
import { REQUIREMENTS } from './requirements.ts';

const CITATION = /\bverifies\(\s*'([^']+)'/g;

const cited = new Set(
  ['packages', 'test', 'examples', 'bench']
    .flatMap(filesIn)
    // Suites that several tests share stand in files of their own.
    .filter((path) => /\.test\.tsx?$|\/test\/.*\.tsx?$/.test(path))
    .flatMap((path) => [...read(path).matchAll(CITATION)].map((match) => match[1] ?? '')),
);

test('every promise has a test', () => {
  expect(Object.keys(REQUIREMENTS).filter((id) => !cited.has(id))).toEqual([]);
});

test('every test cites a promise that is made', () => {
  expect([...cited].filter((id) => !Object.hasOwn(REQUIREMENTS, id))).toEqual([]);
});

test('a promise is one sentence, made in a place that exists', () => {
  for (const [id, { behavior, source }] of Object.entries(REQUIREMENTS)) {
    expect(id).toMatch(/^[a-z]+:[a-z0-9-]+$/);
    expect(behavior).toMatch(/^[A-Z].*\.$/);
    if (!source.startsWith('https://')) {
      expect(existsSync(join(ROOT, source)), `${id}: ${source}`).toBe(true);
    }
  }
});
