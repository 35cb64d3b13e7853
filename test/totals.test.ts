import { expect, test } from 'vitest';
import { parseTotals, showTotals } from '../scripts/totals.ts';

const file = (status: string, ...tests: readonly string[]): object => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});
const report = (...testResults: readonly object[]): string => JSON.stringify({ testResults });

test('counts tests over all files', () => {
  const json = report(
    file('passed', 'passed', 'passed'),
    file('failed', 'failed', 'passed'),
    file('passed', 'skipped', 'todo'),
  );
  expect(parseTotals(json)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test('a file that could not be loaded counts as a failed test', () => {
  expect(parseTotals(report(file('failed'), file('passed', 'passed')))).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
  });
});

test('skipped tests are named only where there are any', () => {
  expect(showTotals({ passed: 2, failed: 0, skipped: 0 })).toBe('2 passed, 0 failed');
  expect(showTotals({ passed: 2, failed: 1, skipped: 3 })).toBe('2 passed, 1 failed, 3 skipped');
});
