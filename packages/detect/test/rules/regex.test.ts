import type { Observation } from '@spoor/core';
import { expect } from 'vitest';
import { cpuMs } from '../../../../test/times.ts';
import { verifies } from '../../../../test/verifies.ts';
import { askedBy, compileRules, contentMatcher } from '../../src/index.ts';
import { detectorOf, Scenario } from '../support/scenario.ts';

/** Expressions that take other engines years on a text of some dozens of characters. */
const HOSTILE = [
  '(a+)+$',
  '(a|aa)+$',
  '(a|a?)+$',
  '(.*a){12}$',
  '([a-zA-Z]+)*$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(x+x+)+y',
] as const;

const rule = (field: string, expression: string, n: number): string =>
  [
    `title: r${n}\nid: 00000000-0000-4000-8000-0000000000${String(n).padStart(2, '0')}\nname: r${n}`,
    'description: d\nlevel: low\nlogsource: {product: mcp}',
    `detection:\n  s:\n    ${field}|re: '${expression}'\n  condition: s\n`,
  ].join('\n');

const compiled = (field: string): ReturnType<typeof compileRules> =>
  compileRules(HOSTILE.map((one, n) => ({ path: `${n}.yml`, text: rule(field, one, n) })));

/** The best of some runs, since others share the machine. */
function timeOf(run: () => void): number {
  const times = Array.from({ length: 3 }, () => {
    const start = cpuMs();
    run();
    return cpuMs() - start;
  });
  return Math.min(...times);
}

/** Four times the text may take some more than four times as long, and not sixteen times. */
function expectLinear(run: (text: string) => void): void {
  const small = timeOf(() => run(`${'a'.repeat(20_000)}!`));
  const large = timeOf(() => run(`${'a'.repeat(80_000)}!`));
  expect(large).toBeLessThan(10 * Math.max(small, 2));
}

verifies(
  'rules:regex',
  () => {
    const { rules, problems } = compiled('tool.name');
    expect(problems).toEqual([]);
    const [template] = new Scenario().add({ kind: 'tool.call' }).observations;
    const detector = detectorOf(rules);
    let n = 0;
    expectLinear((name) => {
      const id = `call-${n++}` as Observation['id'];
      if (template) detector.step({ ...template, id, tool: { name, labels: [] } });
    });
  },
  { case: 'of a field', timeoutMs: 60_000 },
);

verifies(
  'rules:regex',
  () => {
    const { rules, problems } = compiled('request.text');
    expect(problems).toEqual([]);
    const matcher = contentMatcher(askedBy(rules.content));
    expectLinear((text) => void matcher.match('request', { text }));
  },
  { case: 'of content', timeoutMs: 60_000 },
);
