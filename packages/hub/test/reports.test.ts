import { LIMITS } from '@spoor/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import type { Connection } from '../src/decide/admission.ts';
import { Reports } from '../src/reports.ts';

const connection = (kind = 'gateway'): Connection =>
  ({ hello: { sensor: { kind } } }) as unknown as Connection;
const report = (
  source: string,
  counts: Record<string, number>,
): Parameters<Reports['take']>[1] => ({
  op: 'report',
  id: 1,
  source,
  about: 'files',
  counts,
});

verifies(
  'hub:reports',
  () => {
    const one = fc.record({ source: fc.constantFrom('a', 'b'), requests: fc.nat(1_000) });
    fc.assert(
      fc.property(fc.array(one), (said) => {
        const reports = new Reports();
        const highest = new Map<string, number>();
        let last = 0;
        for (const { source, requests } of said) {
          reports.take(connection(), report(source, { requests }), 1);
          highest.set(source, Math.max(requests, highest.get(source) ?? 0));
          const sum = reports.counts['gateway.requests'] ?? 0;
          // Whatever sensors say, a sum never falls.
          expect(sum).toBeGreaterThanOrEqual(last);
          last = sum;
        }
        expect(last).toBe([...highest.values()].reduce((sum, each) => sum + each, 0));
      }),
    );
  },
  { case: 'the sum of what each has said at most' },
);

test('a sensor runs as long as the connection that it told by', () => {
  const reports = new Reports();
  const [first, second] = [connection(), connection()];
  reports.take(first, report('a', { requests: 1 }), 1);
  reports.take(second, report('a', { requests: 2 }), 2);
  reports.left(first);
  expect(reports.views).toMatchObject([{ running: true, counts: { requests: 2 } }]);
  reports.left(second);
  expect(reports.views).toMatchObject([{ running: false, lastMs: 2 }]);
});

test('sensors and names without end cost no memory without end', () => {
  const reports = new Reports();
  for (let i = 0; i < 2 * LIMITS.reportsMax; i++)
    reports.take(connection(), report(String(i), { [`n${'x'.repeat(i % 300)}`]: 1 }), i);
  expect(reports.views).toHaveLength(LIMITS.reportsMax);
  const { reportsDropped, ...sums } = reports.counts;
  expect(Object.keys(sums)).toHaveLength(LIMITS.reportSumsMax);
  expect(reportsDropped).toBeGreaterThan(0);
});
