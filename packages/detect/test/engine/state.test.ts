import { DAY_MS, LIMITS, type Observation, type SessionId } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { createDetector, type Detector } from '../../src/index.ts';
import { detectorOf, ENFORCE, Scenario, START_MS, text } from '../support/scenario.ts';
import { draws, rules, stream } from '../support/streams.ts';
import { TOOLS } from '../support/tools.ts';

const HOUR_MS = 3_600_000;
const found = (detector: Detector, observation: Observation): readonly string[] =>
  detector.step(observation).detections.map(({ rule }) => rule.id);

/** A call of a tool that a rule of the tests knows, asked for and ended at once. */
function call(n: number, tool: string, atMs: number, session = 's0'): Observation {
  const [template] = new Scenario(session).add({}).observations;
  if (!template) throw new Error('the template exists');
  return {
    ...template,
    id: `${session}-${n}` as Observation['id'],
    seq: n,
    kind: 'tool.call',
    time: { startMs: atMs, hubMs: atMs },
    tool: { name: tool, labels: [] },
  };
}

describe('what is told again or late', () => {
  verifies('state:duplicates', () => {
    const set = rules('deny');
    const again = fc.array(fc.record({ at: fc.nat(59), later: fc.nat(20) }), { maxLength: 20 });
    let ignored = 0;
    fc.assert(
      fc.property(draws, again, (drawn, repeats) => {
        const observations = stream(drawn);
        const plain = detectorOf(set);
        const before = plain.stats().duplicates;
        const expected = observations.map((one) => plain.step(one).detections);
        expect(plain.stats().duplicates).toBe(before);
        const told = detectorOf(set);
        const after = Map.groupBy(repeats, ({ at, later }) => at + later);
        const seen = observations.map((one, i) => {
          const { detections } = told.step(one);
          for (const { at } of after.get(i) ?? []) {
            const first = observations[at];
            // An end, as a sensor tells it again that does not know whether it was heard.
            if (first === undefined || first.outcome === 'pending') continue;
            const repeated = told.step({ ...first, seq: 1_000 + at });
            expect(repeated).toMatchObject({ detections: [], decision: { action: 'allow' } });
            // So does the beginning, as what has gone on.
            told.step({ ...first, seq: 1_000 + at, outcome: 'pending', covered: false });
          }
          return detections;
        });
        expect(seen).toEqual(expected);
        ignored += told.stats().duplicates;
      }),
      { numRuns: 200 },
    );
    expect(ignored).toBeGreaterThan(100);
  });

  it('a live call under the id of an old one is a call of its own', () => {
    const detector = detectorOf(rules('alert'));
    const ask = (n: number, atMs: number): Observation => ({
      ...call(n, 'c', atMs),
      id: 'same' as Observation['id'],
      outcome: 'pending',
    });
    const fired = [0, 1, 2, 3].flatMap((n) => [
      ...found(detector, ask(2 * n, START_MS + n)),
      ...found(detector, { ...ask(2 * n + 1, START_MS + n), outcome: 'ok' }),
    ]);
    expect(fired).toContain('range');
    expect(detector.stats().duplicates).toBe(0);
  });

  verifies('state:late', () => {
    const set = rules('deny');
    let alerts = 0;
    fc.assert(
      fc.property(draws, (drawn) => {
        const detector = detectorOf(set);
        for (const observation of stream(drawn)) {
          const over = { ...observation, covered: false };
          const { decision, detections } = detector.step(over, { allowOnce: true });
          expect(decision.action).toBe('allow');
          alerts += detections.length;
        }
      }),
      { numRuns: 100 },
    );
    expect(alerts).toBeGreaterThan(100);
  });
});

describe('clocks', () => {
  const CHAIN = ['a', 'b'] as const;
  const chainAt = (detector: Detector, ...times: readonly number[]): boolean =>
    times.some((atMs, n) =>
      found(detector, call(n, CHAIN[n % 2] ?? '', START_MS + atMs)).includes('ordered'),
    );

  verifies('state:clocks', () => {
    const fresh = (): Detector => detectorOf(rules('alert'));
    expect(chainAt(fresh(), 0, 1_000)).toBe(true);
    // Set back by hours or days in the middle: the second step is still the next one.
    for (const back of [1, HOUR_MS, DAY_MS, 400 * DAY_MS])
      expect(chainAt(fresh(), 0, -back)).toBe(true);
    // Ahead: the window is over, and what begins then is seen.
    for (const ahead of [HOUR_MS, DAY_MS, 400 * DAY_MS]) {
      expect(chainAt(fresh(), 0, ahead)).toBe(false);
      expect(chainAt(fresh(), 0, ahead, ahead + 1, ahead + 2)).toBe(true);
      // And back again: neither the jump nor the way back hides what begins after them.
      expect(chainAt(fresh(), 0, ahead, 10, 20)).toBe(true);
    }
    // Times that no clock shows.
    for (const odd of [-START_MS, Number.MAX_SAFE_INTEGER - START_MS, 8.64e15])
      expect(chainAt(fresh(), odd, odd + 1, odd + 2, odd + 3)).toBe(true);
  });

  it('neither one group nor all others are forgotten by one time from far away', () => {
    const detector = detectorOf(rules('alert'));
    for (let n = 0; n < 1_000; n++) detector.step(call(0, 'a', START_MS, `s${n}`));
    detector.step(call(0, 'a', START_MS + 900 * DAY_MS, 'odd'));
    const fired = Array.from({ length: 1_000 }, (_, n) =>
      found(detector, call(1, 'b', START_MS + 1, `s${n}`)).includes('ordered'),
    );
    expect(fired.filter((one) => !one).length).toBeLessThanOrEqual(2);
  });
});

describe('limits', () => {
  verifies('state:bounded', () => {
    const ruleGroupsMax = 10_000;
    const keys = 50_000;
    const detector = createDetector({
      rules: rules('alert'),
      policy: ENFORCE,
      newCase: () => 'c-none' as never,
      limits: { ruleGroupsMax },
    });
    for (let n = 0; n < keys; n++) {
      detector.step(call(n, 'a', START_MS + n, `s${n}`));
      if (n % 1_000 === 0) expect(detector.stats().groups).toBeLessThanOrEqual(ruleGroupsMax);
    }
    const { groups, groupsEvicted } = detector.stats();
    // Rules group by session, and by session and server.
    expect({ groups, groupsEvicted }).toEqual({
      groups: ruleGroupsMax,
      groupsEvicted: 2 * keys - ruleGroupsMax,
    });
    // The newest are as they were.
    expect(found(detector, call(keys, 'b', START_MS + keys, `s${keys - 1}`))).toContain('ordered');
  });

  it('groups that no rule can need any more go by themselves, a few at a time', () => {
    const detector = detectorOf(rules('alert'));
    for (let n = 0; n < 5_000; n++) detector.step(call(n, 'a', START_MS, `s${n}`));
    const many = detector.stats().groups;
    for (let n = 0; n < 5_000; n++) {
      const before = detector.stats().groups;
      detector.step(call(n, 'a', START_MS + DAY_MS, `t${n}`));
      expect(before - detector.stats().groups).toBeLessThanOrEqual(2);
    }
    expect(detector.stats().groups).toBeLessThanOrEqual(many);
    expect(detector.stats().groupsEvicted).toBe(0);
  });

  verifies(
    'state:bounded',
    () => {
      const detector = detectorOf(rules('alert'));
      const scenario = new Scenario('endless');
      for (let n = 0; n < 300; n++) {
        const rows = Array.from({ length: 700 }, (_, i) => `value-${n}-${i}-quartz`).join(' ');
        scenario.wait(HOUR_MS).call('files', TOOLS.readFile, { path: `/srv/${n}` }, text(rows));
      }
      for (const observation of scenario.observations) detector.step(observation);
      const { sessions, atoms, atomsDropped, openCalls } = detector.stats();
      expect({ sessions, openCalls }).toEqual({ sessions: 1, openCalls: 0 });
      expect(atoms).toBeLessThanOrEqual(LIMITS.flowAtomsPerSessionMax);
      expect(atomsDropped).toBeGreaterThan(0);
      detector.forget('endless' as SessionId);
      expect(detector.stats().atoms).toBe(0);
    },
    { case: 'a session that never ends' },
  );
});

it('a session that is forgotten leaves nothing in a snapshot, and others stay', () => {
  const detector = detectorOf(rules('alert'));
  for (const session of ['gone', 'stays'])
    for (const [n, tool] of ['a', 'b', 'c', 'c'].entries()) {
      const one = call(n, tool, START_MS + n, session);
      detector.step({ ...one, outcome: 'pending' });
      if (n < 3) detector.step(one);
    }
  detector.forget('gone' as SessionId);
  const lines = [...detector.snapshot()].filter((line) => !line.includes('"kind":"ended"'));
  expect(lines.join('\n')).not.toContain('gone');
  expect(lines.join('\n')).toContain('stays');
});
