import { ALLOW, type Alert, type Decision, systemRandom } from '@spoor/core';
import { beforeEach, expect, test } from 'vitest';
import { raise } from '../src/alerts.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import type { Store } from '../src/store/store.ts';
import { detection, OTHER_SESSION, observation } from './support/build.ts';

const DENY: Decision = { ...ALLOW, action: 'deny', wanted: 'deny', mode: 'enforce' };
let store: Store;

beforeEach(() => {
  store = openSqliteStore(':memory:');
  return () => store.close();
});

const raised = (seq: number, part: Parameters<typeof observation>[1] = {}, rule?: string): Alert =>
  raise(
    store,
    { detection: detection(observation(seq, part), rule), decision: DENY, ledgerIndex: seq },
    systemRandom,
  );

test('what matches again in the same group is one alert with the newest evidence', () => {
  const first = raised(1);
  expect(first).toMatchObject({ status: 'new', count: 1, action: 'deny', ledgerIndex: 1 });
  expect(first.title).toBe('Title of a-rule: query on crm');
  const second = raised(2);
  expect(second).toMatchObject({ id: first.id, status: 'ongoing', count: 2, ledgerIndex: 2 });
  expect(second.firstMs).toBe(first.firstMs);
  expect(second.detection.seq).toBe(2);
  expect(store.alerts({ open: true, limit: 9 })).toEqual([second]);
});

test('another rule, session or group is another alert', () => {
  const ids = [
    raised(1).id,
    raised(2, {}, 'other-rule').id,
    raised(3, { session: { id: OTHER_SESSION, episode: 1 } }).id,
  ];
  expect(new Set(ids).size).toBe(3);
});

test.each([
  ['new', 'ongoing'],
  ['ongoing', 'ongoing'],
  ['acknowledged', 'acknowledged'],
  ['resolved', 'new'],
  ['dismissed', 'new'],
] as const)('one that is %s is %s when it happens again', (before, after) => {
  const first = raised(1);
  store.updateAlert({ ...first, status: before });
  expect(raised(2)).toMatchObject({ id: first.id, status: after, count: 2 });
});

test('the case of one call is not shown with the evidence of another', () => {
  const caseId = 'c-bcdfghjkmn' as NonNullable<Decision['case']>;
  const first = { detection: detection(observation(1)), decision: { ...DENY, case: caseId } };
  expect(raise(store, first, systemRandom).case).toBe(caseId);
  expect(raised(2)).not.toHaveProperty('case');
});

test('why it was dismissed goes when it comes back', () => {
  store.updateAlert({ ...raised(1), status: 'dismissed', dismissedReason: 'test' });
  expect(raised(2)).not.toHaveProperty('dismissedReason');
});
