import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CaseId, OBSERVE, type Stop, systemRandom } from '@spoor/core';
import { expect, test } from 'vitest';
import { ASK_RULE } from '../../../../test/fixtures/ask-rule.ts';
import { verifies } from '../../../../test/verifies.ts';
import { Stopping } from '../../src/decide/stopping.ts';
import { Stops } from '../../src/decide/stops.ts';
import { sensed } from '../support/build.ts';
import { durable, ENFORCE, SHARE, setUp } from '../support/decisions.ts';
import { temporaryFolder } from '../support/folder.ts';

const said = { by: 'cli:me', reason: 'because', ancestors: [] };

function world(mode = ENFORCE) {
  const path = join(temporaryFolder(), 'stops.json');
  const stops = new Stops(path);
  const made = setUp(mode, durable, { rule: ASK_RULE, stops });
  const notes: object[] = [];
  const stopping = new Stopping({
    stops,
    sessions: made.sessions,
    sensors: { pushEach: () => undefined, isWithin: () => false },
    decisions: made.decisions,
    random: systemRandom,
    nowMs: () => 1,
    note: (entry) => notes.push(entry),
    changed: () => undefined,
  });
  return { ...made, path, stops, stopping, notes };
}

const stop = (part: Partial<Stop>): Stop => ({
  case: 'c-bcdfghjkmn' as CaseId,
  kind: 'all',
  value: '',
  reason: '',
  by: 'ui',
  atMs: 1,
  ...part,
});

verifies(
  'stop:bypass',
  async () => {
    const { decisions, connect, stopping, pushed } = world();
    const connection = connect(7);
    const call = sensed({ tool: SHARE });
    const { decision } = await decisions.begin(connection, call, []);
    expect(decision.action).toBe('ask');
    stopping.add('session', connection.session.id, said);
    expect(decisions.asks).toEqual([]);
    const answers = pushed.flatMap(({ push }) => (push.kind === 'decided' ? [push] : []));
    expect(answers).toMatchObject([{ call: call.id, decision: { action: 'deny' } }]);
    const late = decisions.answer({
      case: decision.case ?? '',
      answer: 'approve',
      digest: 'ab'.repeat(16),
      by: 'ui',
      ancestors: [],
    });
    await expect(late).rejects.toMatchObject({ code: 'CASE_ANSWERED' });
  },
  { case: 'an approval that comes after it' },
);

verifies(
  'stop:bypass',
  async () => {
    const { decisions, connect, stopping, recorded } = world();
    const connection = connect(7);
    const first = await decisions.begin(connection, sensed({ tool: 'drop_all' }), []);
    expect(first.decision.action).toBe('allow');
    await new Promise((resolve) => setTimeout(resolve, 10));
    const [seen] = recorded.flatMap(({ observations }) => observations ?? []);
    if (seen === undefined) throw new Error('Impossible: nothing was recorded');
    stopping.add('session', connection.session.id, said);
    decisions.allowOnce(seen);
    const next = await decisions.begin(connection, sensed({ tool: 'drop_all' }), []);
    expect(next.decision).toMatchObject({ action: 'deny', reason: 'stopped' });
  },
  { case: 'a call that was allowed once' },
);

verifies(
  'stop:bypass',
  async () => {
    const { decisions, connect, sessions, stopping } = world(OBSERVE);
    const connection = connect(7);
    stopping.add('session', connection.session.id, said);
    sessions.forget(connection.session.id);
    const again = connect(7);
    expect(again.session.id).not.toBe(connection.session.id);
    for (const one of [again, connection]) {
      const { decision } = await decisions.begin(one, sensed(), []);
      expect(decision).toMatchObject({ action: 'deny', mode: 'enforce' });
    }
    expect((await decisions.begin(connect(8), sensed(), [])).decision.action).toBe('allow');
  },
  { case: 'a session whose content was shredded' },
);

test('names are compared as they are', () => {
  const { stops, connect } = world();
  const connection = connect(7);
  for (const value of ['CRM', 'crm ', 'сrm', 'cr']) stops.add(stop({ kind: 'server', value }));
  expect(stops.notice(connection)).toEqual({});
  stops.add(stop({ kind: 'server', value: 'crm' }));
  expect(stops.notice(connection)).toEqual({ stop: { case: 'c-bcdfghjkmn', whole: true } });
});

test('where a principal is stopped, other sensors ask about each call', () => {
  const { stops, connect } = world();
  stops.add(stop({ kind: 'principal', value: 'ab'.repeat(16) }));
  expect(stops.notice(connect(7))).toMatchObject({ stop: { whole: false } });
});

verifies(
  'stop:survives',
  () => {
    const { path, stops, stopping } = world();
    const { case: caseId } = stopping.add('server', 'crm', said);
    expect(new Stops(path).views).toEqual(stops.views);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject([{ case: caseId }]);
    for (const text of ['', '{}', '[{}]', '[{"case":"c-bcdfghjkmn","kind":"most"}]']) {
      writeFileSync(path, text);
      expect(() => new Stops(path)).toThrow(expect.objectContaining({ code: 'CONFIG_UNREADABLE' }));
    }
  },
  { case: 'its file, and none that is damaged' },
);
