import type { CallId, Observation } from '@spoor/core';
import fc from 'fast-check';
import { compileRules, type RuleSet } from '../../src/index.ts';
import { Scenario, START_MS } from './scenario.ts';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const step = (name: string, n: number, selection: string): string =>
  `title: ${name}\nid: ${uuid(n)}\nname: ${name}\nlogsource: {product: mcp}\ndetection:\n  s:\n${selection}\n  condition: s\n`;

const rule = (name: string, n: number, response: string, correlation: string): string =>
  `title: ${name}\nid: ${uuid(n)}\nname: ${name}\ndescription: d\nlevel: low\nresponse: ${response}\ncorrelation:\n${correlation}\n`;

/**
 * Steps that match when asked for, when ended, or at either; one predicate overlaps with another.
 */
const STEPS = [
  step('asks-a', 1, '    tool.name: a\n    outcome: pending'),
  step('ends-a', 2, '    tool.name: a\n    outcome: ok'),
  step('any-b', 3, '    tool.name: b'),
  step('a-or-b', 4, '    tool.name: [a, b]'),
  step('any-c', 5, '    tool.name: c'),
  step('any-d', 6, '    tool.name: d'),
];

const CORRELATIONS: readonly (readonly [string, string])[] = [
  [
    'ordered-three',
    'type: temporal_ordered, rules: [asks-a, any-b, any-c], group-by: [session], timespan: 9s',
  ],
  [
    'ordered-overlap',
    'type: temporal_ordered, rules: [a-or-b, ends-a, any-b], group-by: [session], timespan: 9s',
  ],
  [
    'ordered-twice',
    'type: temporal_ordered, rules: [any-b, any-b], group-by: [session, server.name], timespan: 5s',
  ],
  ['together', 'type: temporal, rules: [asks-a, a-or-b, any-c], group-by: [session], timespan: 7s'],
  [
    'together-twice',
    'type: temporal, rules: [any-c, any-c], group-by: [server.name], timespan: 4s',
  ],
  [
    'count',
    'type: event_count, rules: [a-or-b], group-by: [session], timespan: 6s, condition: {gte: 3}',
  ],
  [
    'count-two',
    'type: event_count, rules: [ends-a, any-c], group-by: [session, server.name], timespan: 6s, condition: {gt: 2}',
  ],
  [
    'values',
    'type: value_count, rules: [a-or-b], group-by: [session], timespan: 6s, condition: {gte: 2, field: server.name}',
  ],
  [
    'few',
    'type: event_count, rules: [a-or-b], group-by: [session], timespan: 3s, condition: {lt: 3}',
  ],
  [
    'range',
    'type: event_count, rules: [any-c], group-by: [session], timespan: 4s, condition: {gt: 1, lte: 3}',
  ],
  [
    'exact',
    'type: value_count, rules: [any-c], group-by: [session], timespan: 5s, condition: {eq: 2, field: server.name}',
  ],
  [
    'sum',
    'type: value_sum, rules: [a-or-b], group-by: [session], timespan: 5s, condition: {gte: 4, field: episode}',
  ],
  [
    'mean',
    'type: value_avg, rules: [any-c], group-by: [session], timespan: 5s, condition: {lt: 1, field: episode}',
  ],
  [
    'most',
    'type: value_max, rules: [any-c], group-by: [session], timespan: 5s, condition: {eq: 2, field: episode}',
  ],
  [
    'least',
    'type: value_min, rules: [any-b], group-by: [session], timespan: 5s, condition: {gte: 1, field: episode}',
  ],
  [
    'middle',
    'type: value_median, rules: [a-or-b], group-by: [session], timespan: 5s, condition: {gt: 0.5, field: episode}',
  ],
  [
    'tail',
    'type: value_percentile, rules: [a-or-b], group-by: [session], timespan: 5s, condition: {gte: 2, field: episode, percentile: 75}',
  ],
  [
    'two-of-three',
    'type: temporal, rules: [asks-a, any-b, any-c], group-by: [session], timespan: 3s, condition: {gte: 2}',
  ],
  [
    'extended',
    'type: temporal, rules: [asks-a, any-b, any-c, any-d], group-by: [session], timespan: 4s, condition: asks-a and (any-b or any-c) and not any-d',
  ],
  [
    'extended-ordered',
    'type: temporal_ordered, rules: [asks-a, any-b, any-c, any-d], group-by: [session], timespan: 8s, condition: (asks-a and any-b or any-c and any-b) and not any-d',
  ],
  [
    'chained-values',
    'type: value_count, rules: [inner], group-by: [session], timespan: 2s, condition: {gte: 1, field: server.name}',
  ],
  ['chained', 'type: temporal_ordered, rules: [inner, any-b], group-by: [session], timespan: 8s'],
  [
    'inner',
    'type: event_count, rules: [any-c], group-by: [session, server.name], timespan: 6s, condition: {gte: 2}',
  ],
  ['ordered', 'type: temporal_ordered, rules: [a-or-b, any-b], group-by: [session], timespan: 5s'],
];

/** Those would deny too much for the others to be seen. */
const ALERTS: ReadonlySet<string> = new Set(['ordered', 'chained-values']);

/** Rules of every type; every third has the response. */
export function rules(response: string): RuleSet {
  const documents = CORRELATIONS.map(([name, flow], i) =>
    rule(name, 100 + i, i % 3 === 0 && !ALERTS.has(name) ? response : 'alert', `  {${flow}}`),
  );
  const compiled = compileRules([
    { path: 'test.yml', text: [...STEPS, ...documents].join('---\n') },
  ]);
  const [problem] = compiled.problems;
  if (problem) throw new Error(problem.message);
  return compiled.rules;
}

const template = new Scenario().add({}).observations[0];

export interface Draw {
  readonly session: number;
  readonly server: number;
  readonly tool: 'a' | 'b' | 'c' | 'd';
  readonly waitMs: number;
  /** Which of the open calls ends; none of them: a new call is asked for. */
  readonly ends: number;
}

const draw: fc.Arbitrary<Draw> = fc.record({
  session: fc.integer({ min: 0, max: 1 }),
  server: fc.integer({ min: 0, max: 2 }),
  tool: fc.constantFrom('a', 'b', 'c', 'd'),
  waitMs: fc.integer({ min: 0, max: 1_500 }),
  ends: fc.integer({ min: 0, max: 5 }),
});

export const draws: fc.Arbitrary<Draw[]> = fc.array(draw, { maxLength: 60, size: 'max' });

/** Calls overlap: one may end long after others began. */
export function stream(draws: readonly Draw[]): readonly Observation[] {
  if (!template) throw new Error('the template exists');
  const open: Observation[] = [];
  let nowMs = START_MS;
  return draws.map(({ session, server, tool, waitMs, ends }, i) => {
    nowMs += waitMs;
    const seq = i + 1;
    const time = { startMs: nowMs, hubMs: nowMs };
    const [ending] = ends < open.length ? open.splice(ends, 1) : [];
    if (ending) return { ...ending, seq, time, outcome: 'ok' as const };
    const asked: Observation = {
      ...template,
      id: `call-${i}` as CallId,
      seq,
      kind: 'tool.call',
      time,
      outcome: 'pending',
      server: { name: `server-${server}`, transport: 'stdio' },
      tool: { name: tool, labels: [] },
      session: { id: `s${session}` as Observation['session']['id'], episode: server },
    };
    open.push(asked);
    return asked;
  });
}
