import type { Observation } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import type { RuleSet } from '../../src/index.ts';
import { type Firing, Oracle } from '../support/oracle.ts';
import { detectorOf } from '../support/scenario.ts';
import { draws, rules, stream } from '../support/streams.ts';

function firings(set: RuleSet, observations: readonly Observation[]): readonly Firing[] {
  const detector = detectorOf(set);
  return observations.flatMap((observation) =>
    detector
      .step(observation)
      .detections.map(
        ({ rule: { id }, seq, group }) => `${seq} ${id} ${Object.values(group).join(' ')}`,
      )
      .sort(),
  );
}

describe('engine and oracle', () => {
  for (const response of ['alert', 'deny']) {
    const agree = (): void => {
      const set = rules(response);
      const fired = new Map<string, number>();
      fc.assert(
        fc.property(draws, (drawn) => {
          const observations = stream(drawn);
          const oracle = new Oracle(set);
          const expected = observations.flatMap((observation) => oracle.step(observation));
          for (const firing of expected) {
            const name = firing.split(' ')[1] ?? '';
            fired.set(name, (fired.get(name) ?? 0) + 1);
          }
          expect(firings(set, observations)).toEqual(expected);
        }),
        { numRuns: 300 },
      );
      const loud = set.rules.filter(({ silent }) => silent !== true);
      expect([...fired.keys()].sort()).toEqual(loud.map(({ ref }) => ref.id));
      expect(Math.min(...fired.values())).toBeGreaterThan(20);
    };
    verifies('sigma:correlations', agree, { case: response });
  }

  verifies('state:snapshot', () => {
    const set = rules('deny');
    fc.assert(
      fc.property(draws, fc.nat(50), (drawn, cut) => {
        const observations = stream(drawn);
        const before = detectorOf(set);
        for (const observation of observations.slice(0, cut)) before.step(observation);
        const after = detectorOf(set);
        after.restore(before.snapshot());
        const rest = observations.slice(cut);
        const detect = (one: typeof before): unknown => rest.map((o) => one.step(o).detections);
        expect(detect(after)).toEqual(detect(before));
      }),
      { numRuns: 100 },
    );
  });

  verifies('state:interleaved', () => {
    // Rules that group by server alone look across sessions on purpose, so they are left out.
    const set = rules('deny');
    const local = { ...set, rules: set.rules.filter(({ ref }) => ref.id !== 'together-twice') };
    const bySession = (found: readonly Firing[]): unknown =>
      Object.entries(Object.groupBy(found, (line) => (line.includes(' s0') ? 's0' : 's1'))).sort();
    fc.assert(
      fc.property(draws, fc.infiniteStream(fc.boolean()), (drawn, coin) => {
        const observations = stream(drawn);
        const queues = [0, 1].map((n) =>
          observations.filter(({ session }) => session.id === `s${n}`),
        );
        const shuffled: Observation[] = [];
        while (queues.some((queue) => queue.length > 0)) {
          const [first = [], second = []] = coin.next().value ? queues : [...queues].reverse();
          const next = first.shift() ?? second.shift();
          if (next) shuffled.push(next);
        }
        expect(bySession(firings(local, shuffled))).toEqual(
          bySession(firings(local, observations)),
        );
      }),
      { numRuns: 200 },
    );
  });
});
