import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pack, readTrace } from '../support/pack.ts';
import { detectorOf, stepAll } from '../support/scenario.ts';
import { renderTrace, TRACES } from '../support/traces.ts';

describe('the rule pack', () => {
  it('compiles without a problem', () => {
    expect(pack.problems).toEqual([]);
    expect(pack.rules.rules.map(({ ref }) => ref.id)).toEqual([
      'data-access-then-egress',
      'definition-drift',
      'denial-of-wallet',
      'denial-of-wallet-loop',
      'hidden-text',
      'high-frequency',
      'horizontal-movement',
      'identity-conflict',
      'new-destination',
      'pii-through-code-to-share',
      'replayed-proof',
      'server-asks-model',
      'tool-poisoning',
      'unexpected-arguments',
      'unusual-hour',
      'unverified-sensitive-call',
    ]);
  });

  for (const rule of pack.rules.rules) {
    const { ref, tests, path } = rule;
    describe(ref.id, () => {
      it('has a matching and a non-matching test, tags, advice and false positives', () => {
        expect(tests.some(({ fires }) => fires.length > 0)).toBe(true);
        expect(tests.some(({ fires }) => fires.length === 0)).toBe(true);
        expect(ref.tags.length * ref.falsePositives.length * ref.advice.length).toBeGreaterThan(0);
      });

      for (const { name, trace, fires } of tests) {
        it(name, () => {
          const steps = stepAll(detectorOf(pack.rules), readTrace(path, trace));
          const fired = steps.flatMap(({ detections }) =>
            detections.filter((detection) => detection.rule.id === ref.id),
          );
          expect(fired.map(({ seq }) => seq)).toEqual(fires);
        });
      }
    });
  }

  it('keeps silent on ordinary work, all rules together', () => {
    const ordinary = TRACES['exfiltration/data-access-then-egress.ordinary']?.().observations ?? [];
    const steps = stepAll(detectorOf(pack.rules), ordinary);
    expect(ordinary.length).toBeGreaterThan(10);
    expect(steps.flatMap(({ detections }) => detections)).toEqual([]);
    expect(steps.map(({ decision }) => decision.action)).toEqual(ordinary.map(() => 'allow'));
  });

  it('has traces that are what the scenarios write today', () => {
    const rules = new URL('../../../../rules/', import.meta.url);
    for (const [name, scenario] of Object.entries(TRACES)) {
      const file = readFileSync(new URL(`${name}.jsonl`, rules), 'utf8');
      expect(file, name).toBe(renderTrace(scenario().observations));
    }
  });
});
