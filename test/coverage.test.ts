import { describe, expect, test } from 'vitest';
import { CATALOGUES, rulesFor, taggedRules } from '../scripts/docs/coverage.ts';
import { verifies } from './verifies.ts';

const rules = taggedRules();
/** Namespaces of tags that name a row of one of the catalogues. */
const NAMESPACES = /^(?:owasp-mcp|owasp|cosai|safe-mcp|atlas)\./;

test('every tag that names a catalogue names one of its rows', () => {
  const known = new Set(CATALOGUES.flatMap(({ rows, tag }) => rows.map(({ id }) => tag(id))));
  const unknown = rules.flatMap(({ id, tags }) =>
    tags.filter((tag) => NAMESPACES.test(tag) && !known.has(tag)).map((tag) => `${id}: ${tag}`),
  );
  expect(unknown).toEqual([]);
});

test('every rule is about something that a catalogue knows', () => {
  const strange = rules.filter(({ tags }) => !tags.some((tag) => NAMESPACES.test(tag)));
  expect(strange.map(({ id }) => id)).toEqual([]);
});

describe('a row without a rule says why, and one with a rule gives no excuse', () => {
  test.each(CATALOGUES.map((catalogue) => [catalogue.title, catalogue] as const))(
    '%s',
    (_, catalogue) => {
      const ids = catalogue.rows.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const wrong = catalogue.rows.filter(
        (row) => rulesFor(catalogue, row, rules).length > 0 === (row.without !== undefined),
      );
      expect(wrong.map(({ id, name }) => `${id} ${name}`)).toEqual([]);
    },
  );
});

verifies('pack:coverage', () => {
  for (const catalogue of CATALOGUES) {
    for (const row of catalogue.rows) {
      const found = rulesFor(catalogue, row, rules);
      expect(found.length > 0 || (row.without ?? '').length > 10, row.id).toBe(true);
    }
  }
  expect(rules.length).toBeGreaterThanOrEqual(45);
});
