import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { runRuleTests } from '../../src/index.ts';
import { pack, traceText } from '../support/pack.ts';
import { detectorOf, stepAll } from '../support/scenario.ts';
import { renderTrace, TRACES } from '../support/traces.ts';

/** A rule that only others are made of fires nowhere, so it has nothing to show. */
const rules = pack.rules.rules.filter(({ silent }) => silent !== true);
const RULES_MIN = 45;

describe('the rule pack', () => {
  it('compiles without a problem', () => {
    expect(pack.problems).toEqual([]);
    expect(rules.length).toBeGreaterThanOrEqual(RULES_MIN);
  });

  for (const rule of rules) {
    const { ref, tests, references } = rule;
    describe(ref.id, () => {
      it('has a matching and a non-matching test, tags, references and advice', () => {
        expect(tests.some(({ fires }) => fires.length > 0)).toBe(true);
        expect(tests.some(({ fires }) => fires.length === 0)).toBe(true);
        expect(ref.tags.length * ref.falsePositives.length * ref.advice.length).toBeGreaterThan(0);
        expect(ref.description.length).toBeGreaterThan(40);
        expect(references.length).toBeGreaterThan(0);
      });

      for (const one of tests) {
        it(one.name, async () => {
          const [result] = await runRuleTests(pack.rules, [{ ...rule, tests: [one] }], traceText);
          expect(result).toMatchObject({ status: 'passed', fired: one.fires });
        });
      }
    });
  }

  verifies('pack:tested', async () => {
    const results = await runRuleTests(pack.rules, rules, traceText);
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(2 * RULES_MIN);
  });

  it('keeps silent on ordinary work, all rules together', () => {
    const ordinary = TRACES['exfiltration/data-access-then-egress.ordinary']?.().observations ?? [];
    const steps = stepAll(detectorOf(pack.rules), ordinary);
    expect(ordinary.length).toBeGreaterThan(10);
    expect(steps.flatMap(({ detections }) => detections)).toEqual([]);
    expect(steps.map(({ decision }) => decision.action)).toEqual(ordinary.map(() => 'allow'));
  });

  it('has traces that are what the scenarios write today', () => {
    const folder = new URL('../../../../rules/', import.meta.url);
    for (const [name, scenario] of Object.entries(TRACES)) {
      const file = readFileSync(new URL(`${name}.jsonl`, folder), 'utf8');
      expect(file, name).toBe(renderTrace(scenario().observations));
    }
  });
});
