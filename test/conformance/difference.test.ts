import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countIdentical, differencesBetween, sameChecks } from './difference.ts';

const checks = fc.array(fc.constantFrom('a:SUCCESS', 'a:FAILURE', 'b:SUCCESS', 'c:INFO'));

describe('differences', () => {
  test('each missing check counts as often as it is missing', () => {
    const direct = new Map([['s', ['a:SUCCESS', 'a:SUCCESS', 'b:SUCCESS']]]);
    const wrapped = new Map([['s', ['a:FAILURE', 'a:SUCCESS', 'b:SUCCESS']]]);
    expect(differencesBetween(direct, wrapped)).toEqual([
      { scenario: 's', onlyDirect: ['a:SUCCESS'], onlyWrapped: ['a:FAILURE'] },
    ]);
    expect(countIdentical(direct, wrapped)).toBe(2);
  });

  test('a scenario that one arm lacks differs', () => {
    const outcomes = new Map([['s', ['a:SUCCESS']]]);
    expect(differencesBetween(outcomes, new Map())).toHaveLength(1);
    expect(differencesBetween(new Map(), outcomes)).toHaveLength(1);
  });

  test('order does not matter, and any change does', () => {
    fc.assert(
      fc.property(checks, checks, (a, b) => {
        const sorted = (list: readonly string[]): string => [...list].sort().join();
        expect(sameChecks(a, a.toReversed())).toBe(true);
        expect(sameChecks(a, b)).toBe(sorted(a) === sorted(b));
      }),
    );
  });
});
