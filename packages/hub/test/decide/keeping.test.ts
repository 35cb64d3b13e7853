import { ALLOW, type CallId, type Observation, type SessionId } from '@spoor/core';
import { describe, expect, test } from 'vitest';
import { Keeping } from '../../src/decide/keeping.ts';
import { denied, ended, OTHER_SESSION, observation } from '../support/build.ts';

const call = (seq: number, part: Partial<Observation> = {}): Observation =>
  ended(observation(seq, { tool: { name: 'look', labels: [] }, ...part }), seq);
const elsewhere = { session: { id: OTHER_SESSION as SessionId, episode: 1 } };
const keptOf = (keeping: Keeping, o: Observation): unknown =>
  keeping.of(o).observation.trace.sampled;

describe('at a rate of nothing', () => {
  test('an ordinary span is left out, and comes after all with a denial of its session', () => {
    const keeping = new Keeping(0);
    const before = call(1);
    expect(keptOf(keeping, before)).toEqual({ keep: false, reason: 'base' });
    expect(keptOf(keeping, call(2, elsewhere))).toMatchObject({ keep: false });
    const { observation: o, past } = keeping.of(denied(observation(3), 'c-bcdfghjkmn'));
    expect(o.trace.sampled).toEqual({ keep: true, reason: 'denial' });
    expect(past).toEqual([before.id]);
    expect(keptOf(keeping, call(4))).toEqual({ keep: true, reason: 'session' });
    expect(keptOf(keeping, call(5, elsewhere))).toMatchObject({ keep: false });
  });

  test('what a rule says of a call that begins keeps its session at once', () => {
    const keeping = new Keeping(0);
    const before = call(1);
    keeping.of(before);
    const begun = observation(2, { decision: { ...ALLOW, wanted: 'deny', rule: 'a-rule' } });
    const { observation: o, past } = keeping.of(begun);
    expect(past).toEqual([before.id]);
    // It has no span yet, so nothing is said of it.
    expect(o).toBe(begun);
    expect(keptOf(keeping, call(3))).toEqual({ keep: true, reason: 'session' });
  });

  test('a call on which an alert-only rule matched is a detection', () => {
    expect(keptOf(new Keeping(0), call(1, { detected: ['definition-drift'] }))).toEqual({
      keep: true,
      reason: 'detection',
    });
  });

  test('the flag of a trusted client counts for an ordinary span, and never against security', () => {
    const hinted = (o: Observation, sampledHint: boolean): Observation => ({
      ...o,
      trace: { ...o.trace, sampledHint },
    });
    expect(keptOf(new Keeping(0), hinted(call(1), true))).toEqual({ keep: true, reason: 'peer' });
    expect(keptOf(new Keeping(1), hinted(call(1), false))).toEqual({ keep: false, reason: 'peer' });
    const refusal = hinted(denied(observation(3), 'c-bcdfghjkmn'), false);
    expect(keptOf(new Keeping(1), refusal)).toEqual({ keep: true, reason: 'denial' });
  });
});

test('a hub that starts again keeps what the one before it kept, and still holds the past', () => {
  const first = new Keeping(0);
  const before = call(1, { id: '019a0000-0000-7000-8000-0000000000aa' as CallId });
  const recorded = [
    first.of(before).observation,
    first.of(denied(observation(2, elsewhere), 'c-bcdfghjkmn')).observation,
  ];
  const second = new Keeping(0);
  second.recall(recorded);
  expect(keptOf(second, call(3, elsewhere))).toEqual({ keep: true, reason: 'session' });
  expect(second.of(denied(observation(4), 'c-bcdfghjkmn')).past).toEqual([before.id]);
});
