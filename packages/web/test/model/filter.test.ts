import { describe, expect, it } from 'vitest';
import { hasTerm, matches, parseFilter, toggleTerm } from '../../src/model/filter.ts';

const ROW = { tool: ['query_customer_pii'], label: ['reads-pii'], server: ['crm'], empty: [] };
const finds = (text: string): boolean => matches(parseFilter(text), ROW);

describe('the filter language', () => {
  it('needs every word', () => {
    expect(finds('')).toBe(true);
    expect(finds('query crm')).toBe(true);
    expect(finds('query drive')).toBe(false);
  });

  it('looks into one field, without regard to case', () => {
    expect(finds('tool:QUERY')).toBe(true);
    expect(finds('server:query')).toBe(false);
    expect(finds('unknown:query')).toBe(false);
  });

  it('turns a word round', () => {
    expect(finds('-label:pii')).toBe(false);
    expect(finds('-drive')).toBe(true);
    expect(finds('-empty:x')).toBe(true);
  });

  it('ignores what is still being typed', () => {
    expect(finds('tool:')).toBe(true);
    expect(parseFilter('-')).toEqual([{ field: '', word: '-', not: false }]);
  });
});

it('adds a term and takes it out again', () => {
  const once = toggleTerm('level:high', 'is:open');
  expect(once).toBe('level:high is:open');
  expect(hasTerm(once, 'is:open')).toBe(true);
  expect(toggleTerm(once, 'level:high')).toBe('is:open');
});
