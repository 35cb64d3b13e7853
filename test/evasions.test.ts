import { compileRules, runRuleTests } from '@spoor/detect';
import { describe, expect, test } from 'vitest';
import {
  CHAINS,
  DISGUISES,
  EVASIONS,
  leaving,
  MISSED,
} from '../packages/detect/test/support/evasions.ts';
import { detectorOf, stepAll } from '../packages/detect/test/support/scenario.ts';
import { renderTrace, TRACES } from '../packages/detect/test/support/traces.ts';
import { filesIn, read } from './repository.ts';
import { verifies } from './verifies.ts';

const { rules: set } = compileRules(
  filesIn('rules')
    .filter((path) => path.endsWith('.yml'))
    .map((path) => ({ path, text: read(path) })),
);

/** Does the rule fire on a trace that was changed? */
async function fires(
  id: string,
  apply: (typeof EVASIONS)[number]['apply'] = (trace) => trace,
): Promise<boolean> {
  const rule = set.rules.find(({ ref }) => ref.id === id);
  const trace = CHAINS[id] ?? '';
  const observations = TRACES[trace]?.().observations ?? [];
  expect([id, rule !== undefined, observations.length > 1]).toEqual([id, true, true]);
  if (rule === undefined) return false;
  const text = renderTrace(apply(observations));
  const one = { ...rule, tests: [{ name: trace, trace, fires: [] }] };
  const [result] = await runRuleTests(set, [one], () => Promise.resolve(text));
  return (result?.fired.length ?? 0) > 0;
}

const chains = Object.keys(CHAINS);

test('the chains are found where nobody evades', async () => {
  for (const id of chains) expect([id, await fires(id)]).toEqual([id, true]);
});

for (const { name, apply } of EVASIONS) {
  verifies(
    'pack:evasions',
    async () => {
      for (const id of chains) {
        const found = MISSED[name]?.[id] === undefined;
        expect([id, await fires(id, apply)]).toEqual([id, found]);
      }
    },
    { case: name, timeoutMs: 60_000 },
  );
}

test('what is said to be missed names rules and evasions that there are', () => {
  expect(Object.keys(MISSED).filter((name) => !EVASIONS.some((one) => one.name === name))).toEqual(
    [],
  );
  const named = Object.values(MISSED).flatMap((rules) => Object.keys(rules));
  expect(named.filter((id) => !chains.includes(id))).toEqual([]);
});

describe('data in disguise', () => {
  for (const { name, bodies, missed } of DISGUISES) {
    verifies(
      'pack:evasions',
      () => {
        const steps = stepAll(detectorOf(set), leaving(bodies));
        const found = steps.flatMap(({ detections }) => detections.map(({ rule }) => rule.id));
        expect(found.includes('data-access-then-egress')).toBe(missed === undefined);
      },
      { case: name },
    );
  }
});
