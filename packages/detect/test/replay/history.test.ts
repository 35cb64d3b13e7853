import type { Observation, ReplayedRule } from '@spoor/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { logRecord } from '../../src/index.ts';
import { History, readLine } from '../../src/replay/index.ts';
import { pack } from '../support/pack.ts';
import { detectorOf, OBSERVE } from '../support/scenario.ts';
import { draws, rules, stream } from '../support/streams.ts';
import { TRACES } from '../support/traces.ts';

const chain = (): readonly Observation[] =>
  TRACES['exfiltration/pii-through-code-to-share.chain']?.().observations ?? [];
const WHOLE = { complete: true, unreadable: 0 };
const replay = (
  observations: readonly Observation[],
  options: Partial<ConstructorParameters<typeof History>[0]> = {},
): ReturnType<History['view']> => {
  const history = new History({ rules: pack.rules, ...options });
  for (const observation of observations) history.take(observation);
  return history.view(WHOLE);
};
const ruleOf = (view: ReturnType<typeof replay>, id: string): ReplayedRule => {
  const rule = view.rules.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
};
const SHARE = 'pii-through-code-to-share';

verifies('replay:live', () => {
  const set = rules('alert');
  let hits = 0;
  fc.assert(
    fc.property(draws, (drawn) => {
      const observations = stream(drawn);
      const live = detectorOf(set, OBSERVE);
      const seen = observations.flatMap((one) =>
        live.step(one).detections.map(({ rule, seq }) => `${rule.id} ${seq}`),
      );
      const { rules: replayed } = replay(observations, { rules: set });
      const found = replayed.flatMap(({ id, newest }) => newest.map(({ seq }) => `${id} ${seq}`));
      expect(found.sort()).toEqual(seen.sort());
      hits += found.length;
    }),
    { numRuns: 100 },
  );
  expect(hits).toBeGreaterThan(100);
});

verifies('replay:funnel', () => {
  const observations = chain();
  const { history, rules: all } = replay(observations);
  expect(history).toMatchObject({ observations: observations.length, sessions: 1, complete: true });
  const rule = ruleOf({ history, rules: all }, SHARE);
  expect(rule).toMatchObject({ hits: 1, hitSessions: 1 });
  expect(rule.newest[0]?.path.at(-1)).toBe('drive/create_shareable_link');
  expect(rule.funnel.map(({ sessions }) => sessions)).toEqual(rule.funnel.map(() => 1));
  expect(rule.funnel.at(-1)?.step).toBe('fires');
  // Cut off before the last step: as far as it came, and no further.
  const begun = ruleOf(replay(observations.slice(0, 6)), SHARE);
  expect(begun).toMatchObject({ hits: 0 });
  expect(begun.funnel.map(({ sessions }) => sessions)).toEqual([
    ...begun.funnel.slice(1).map(() => 1),
    0,
  ]);
});

it('a call that was denied then is asked of the rules again, and has not happened', () => {
  const denied = chain().map((one, at) => (at < 7 ? one : { ...one, outcome: 'denied' as const }));
  const [share] = denied.slice(-1);
  if (share === undefined) throw new Error('the chain has a last call');
  expect(ruleOf(replay(denied.slice(0, 8)), SHARE).hits).toBe(1);
  const again = { ...share, id: 'again' as Observation['id'], seq: 99 };
  expect(ruleOf(replay([...denied.slice(0, 8), again]), SHARE).hits).toBe(2);
});

verifies('replay:coverage', () => {
  const shredded = chain().map((one) => {
    const { request: _, result: __, ...facts } = one.facts;
    return { ...one, facts: { ...facts, flows: [] }, shreddedMs: 1 };
  });
  const view = replay(shredded);
  expect(view.history.shredded).toBe(shredded.length);
  const rule = ruleOf(view, 'data-access-then-egress');
  expect(rule).toMatchObject({ hits: 0, coverage: 'none' });
  expect(rule.notCovered.every(({ answered, of }) => answered === 0 && of > 0)).toBe(true);
  expect(rule.notCovered.map(({ field }) => field.split('.')[0])).toContain('flow');
  // With content, but without its beginning: what flowed from there is not known.
  const cut = replay(chain().slice(4), { began: () => true });
  expect(cut.history.cutSessions).toBe(1);
  expect(ruleOf(cut, 'data-access-then-egress').coverage).not.toBe('full');
});

verifies('replay:difference', () => {
  const without = pack.rules.rules.map((rule) =>
    rule.ref.id === SHARE && rule.body.type === 'temporal_ordered'
      ? { ...rule, body: { ...rule.body, spanMs: 1 } }
      : rule,
  );
  const old = { ...pack.rules, rules: without };
  const of = (options: Partial<ConstructorParameters<typeof History>[0]>): unknown =>
    replay(chain(), options).differences?.find(({ id }) => id === SHARE);
  expect(of({ against: old })).toMatchObject({ foundCount: 1, lostCount: 0, both: 0 });
  expect(of({ rules: old, against: pack.rules })).toMatchObject({ foundCount: 0, lostCount: 1 });
  expect(of({ against: pack.rules })).toMatchObject({ foundCount: 0, lostCount: 0, both: 1 });
  const gone = { ...pack.rules, rules: without.filter(({ ref }) => ref.id !== SHARE) };
  expect(of({ rules: gone, against: pack.rules })).toMatchObject({ only: 'before', lostCount: 1 });
});

verifies('replay:records', () => {
  const observations = chain();
  const live = replay(observations).rules.map(({ id, hits }) => [id, hits]);
  const steps = detectorOf(pack.rules, OBSERVE);
  const records = observations.map((one) => {
    const { observation } = steps.step(one);
    return JSON.stringify({
      ...logRecord(observation),
      call: one.id,
      time: new Date(one.time.hubMs).toISOString(),
    });
  });
  const read = records.map((text, at) => readLine(text, at + 1));
  expect(read).not.toContain(undefined);
  const replayed = replay(read.filter((one) => one !== undefined));
  expect(replayed.rules.map(({ id, hits }) => [id, hits])).toEqual(live);
  expect(readLine(JSON.stringify(observations[0]), 1)).toEqual(observations[0]);
});

it('a line that is neither is none', () => {
  const good = chain()[0];
  const lines = [
    '',
    'x',
    '[]',
    '{}',
    '{"kind":"tool.call","outcome":"ok"}',
    '{"kind":"tool.call","outcome":"ok","session":"s","server.name":"a","time":"yesterday"}',
    '{"kind":"odd","outcome":"ok","session":"s","server.name":"a"}',
    JSON.stringify({ ...good, time: undefined }),
    JSON.stringify({ ...good, facts: {} }),
  ];
  expect(lines.map((line) => readLine(line, 1))).toEqual(lines.map(() => undefined));
});
