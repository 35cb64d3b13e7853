import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CaseId, OBSERVE, type Observation } from '@spoor/core';
import { compileRules, createDetector, type Rule, type Step } from '@spoor/detect';
import { expect } from 'vitest';
import { filesIn, ROOT, read } from './repository.ts';
import { verifies } from './verifies.ts';

const files = filesIn('rules').filter((path) => path.endsWith('.yml'));
const { rules, problems } = compileRules(files.map((path) => ({ path, text: read(path) })));

const ruleNamed = (id: string): Rule => {
  const rule = rules.rules.find(({ ref }) => ref.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  return rule;
};

/** A trace that lies beside its rule. */
const traceOf = ({ path }: Rule, name: string): readonly Observation[] =>
  readFileSync(join(ROOT, dirname(path), name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Observation);

/** The shipped rules, all together and enforced, over a trace. */
function play(observations: readonly Observation[]): readonly Step[] {
  let cases = 0;
  const newCase = (): CaseId => `c-${String(++cases).padStart(10, '0')}` as CaseId;
  const detector = createDetector({ rules, policy: { ...OBSERVE, mode: 'enforce' }, newCase });
  return observations.map((observation) => detector.step(observation));
}

const firedBy = (id: string, steps: readonly Step[]): number[] =>
  steps.flatMap(({ detections }) =>
    detections.filter(({ rule }) => rule.id === id).map(({ seq }) => seq),
  );

/** Every trace of a rule fires where its file says, and a rule that denies has denied there. */
function holds(id: string): void {
  expect(problems).toEqual([]);
  const rule = ruleNamed(id);
  for (const { name, trace, fires } of rule.tests) {
    const steps = play(traceOf(rule, trace));
    expect([name, firedBy(id, steps)]).toEqual([name, fires]);
    // Of several rules that want to deny, the decision names one.
    const stopped = steps.filter(({ decision }) => decision.action === 'deny').map(seqOf);
    const expected = rule.response === 'deny' ? fires : [];
    expect([name, stopped]).toEqual([name, expect.arrayContaining([...expected])]);
  }
}

const seqOf = ({ observation }: Step): number => observation.seq;

const ON_TRACES = { case: 'its traces' } as const;
const CHAIN = 'pii-through-code-to-share';
const EGRESS = 'data-access-then-egress';

verifies('detect:pii-through-code-to-share', () => holds(CHAIN), ON_TRACES);
verifies('detect:data-access-then-egress', () => holds(EGRESS), ON_TRACES);
verifies('detect:horizontal-movement', () => holds('horizontal-movement'), ON_TRACES);
verifies('detect:denial-of-wallet', () => holds('denial-of-wallet'), ON_TRACES);
verifies('detect:denial-of-wallet', () => holds('denial-of-wallet-loop'), { case: 'a loop' });
verifies('detect:server-asks-model', () => holds('server-asks-model'), ON_TRACES);
verifies('detect:definition-drift', () => holds('definition-drift'), ON_TRACES);

verifies('detect:tool-poisoning', () => holds('tool-poisoning'), ON_TRACES);
verifies('detect:hidden-text', () => holds('hidden-text'), ON_TRACES);

verifies('detect:asked-for', () => {
  for (const id of [CHAIN, EGRESS]) {
    const asked = traceOf(ruleNamed(id), `${id}.asked.jsonl`);
    const steps = play(asked);
    const levels = steps.flatMap(({ detections }) => detections.map(({ rule }) => rule.level));
    expect(levels.filter((level) => level !== 'low')).toEqual([]);
    expect(steps.every(({ decision }) => decision.wanted === 'allow')).toBe(true);
    // It is the prompt that makes the difference: without it the same calls are stopped.
    const unasked = asked.filter(({ kind }) => kind !== 'intent');
    expect(unasked.length).toBe(asked.length - 1);
    expect(firedBy(id, play(unasked))).not.toEqual([]);
  }
});

verifies(
  'detect:renamed-tools',
  () => {
    const rule = ruleNamed(CHAIN);
    const namesIn = (trace: string): (string | undefined)[] =>
      traceOf(rule, trace).map(({ tool }) => tool?.name);
    const known = new Set(namesIn(`${CHAIN}.chain.jsonl`));
    known.delete(undefined);
    const renamed = traceOf(rule, `${CHAIN}.renamed.jsonl`);
    expect(renamed.filter(({ tool }) => known.has(tool?.name))).toEqual([]);
    expect(firedBy(CHAIN, play(renamed))).toHaveLength(1);
  },
  { case: 'the chain under other names' },
);

verifies('detect:deterministic', () => {
  const traces = filesIn('rules').filter((path) => path.endsWith('.jsonl'));
  expect(traces.length).toBeGreaterThan(10);
  for (const path of traces) {
    const trace = read(path).trimEnd().split('\n');
    const again = (): readonly Step[] => play(trace.map((line) => JSON.parse(line)));
    expect(JSON.stringify(again())).toBe(JSON.stringify(again()));
  }
});
