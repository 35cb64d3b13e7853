import { type AttributeValue, LABELS, type Observation, spanOf } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { FULL } from '../../../core/test/observations.ts';
import { type AttributeTest, type Query, translate } from '../../src/export-rules/query.ts';
import { compileRules } from '../../src/rules/compile.ts';
import type { Predicate } from '../../src/rules/types.ts';
import { pack } from '../support/pack.ts';

const METHODS = {
  'tool.call': 'tools/call',
  'tool.list': 'tools/list',
  'resource.read': 'resources/read',
  'sampling.request': 'sampling/createMessage',
} as const;
type Kind = keyof typeof METHODS;

/** Finished calls as different as rules can tell them apart. */
const observations: fc.Arbitrary<Observation> = fc
  .record({
    kind: fc.constantFrom(...(Object.keys(METHODS) as Kind[])),
    labels: fc.subarray([...LABELS]),
    covers: fc.constantFrom('yes', 'no', 'unknown', undefined),
    server: fc.constantFrom('crm', 'Drive', 'files-2'),
    bytes: fc.nat(2_000),
    failed: fc.boolean(),
  })
  .map(({ kind, labels, covers, server, bytes, failed }) => {
    const { intent: _, errorType: __, facts, ...rest } = FULL;
    return {
      ...rest,
      kind,
      method: METHODS[kind],
      server: { ...FULL.server, name: server },
      tool: { name: 'query', labels },
      ...(covers === undefined ? {} : { intent: { cluster: 'ab'.repeat(8), covers } }),
      facts: {
        flows: [],
        ...(facts.request === undefined ? {} : { request: { ...facts.request, bytes } }),
      },
      outcome: failed ? 'tool_error' : 'ok',
      ...(failed ? { errorType: 'tool_error' } : {}),
    };
  });

/** A backend that tests attributes as Sigma says; nothing equals what is absent. */
function holds(query: Query, attributes: Readonly<Record<string, AttributeValue>>): boolean {
  if (query.op === 'not') return !holds(query.item, attributes);
  if (query.op === 'test') return testHolds(query, attributes[query.attribute]);
  return query.op === 'and'
    ? query.items.every((item) => holds(item, attributes))
    : query.items.some((item) => holds(item, attributes));
}

function testHolds(
  { modifiers, values }: AttributeTest,
  found: AttributeValue | undefined,
): boolean {
  if (modifiers.includes('exists')) return (found !== undefined) === values[0];
  const all = found === undefined ? [] : Array.isArray(found) ? found : [found];
  const one = (value: unknown): boolean =>
    all.some((item) => {
      const [a, b] = [String(item).toLowerCase(), String(value).toLowerCase()];
      if (modifiers.includes('gte')) return Number(item) >= Number(value);
      if (modifiers.includes('lt')) return Number(item) < Number(value);
      if (modifiers.includes('contains')) return a.includes(b);
      return modifiers.includes('startswith') ? a.startsWith(b) : a === b;
    });
  return modifiers.includes('all') ? values.every(one) : values.some(one);
}

const rule = (selection: string, condition = 'x'): string => `title: T
id: 0b8d5d3c-7f0a-4a6e-8a7b-3f4a2f1c9d99
name: t
description: D
level: low
status: test
logsource: { product: mcp }
detection:
  x: ${selection}
  condition: ${condition}
`;

function predicateOf(text: string): Predicate {
  const { rules, problems } = compileRules([{ path: 't.yml', text }]);
  expect(problems).toEqual([]);
  const [predicate] = rules.predicates;
  if (predicate === undefined) throw new Error('no predicate');
  return predicate;
}

const WRITTEN = [
  rule('{ kind: tool.call, tool.labels: [egress, financial] }'),
  rule('{ tool.labels|all: [egress, financial] }'),
  rule('{ intent.covers: "yes" }', 'not x'),
  rule('{ intent.covers: ["no", "yes"] }', 'not x'),
  rule('{ server.name|startswith: dr }'),
  rule('{ server.name|contains: I }'),
  rule('{ request.bytes|gte: 500, kind: [tool.call, resource.read] }'),
  rule('{ request.bytes|lt: 500 }', 'not x'),
  rule('{ error.type|exists: true }'),
  rule('{ error.type|exists: false }', 'x or x'),
  rule('[{ kind: sampling.request }, { tool.labels: reads-pii, server.name: CRM }]'),
];

verifies('rules:export-equal', () => {
  const all = [...WRITTEN.map(predicateOf), ...pack.rules.predicates];
  const whole = all.flatMap((predicate) => {
    const { query, lost } = translate(predicate.expression);
    return query === undefined || lost.length > 0 ? [] : [{ predicate, query }];
  });
  expect(whole.length).toBeGreaterThanOrEqual(WRITTEN.length + 5);
  fc.assert(
    fc.property(observations, (observation) => {
      const { attributes } = spanOf(observation, new Set());
      const evaluation = {
        observation,
        answer: (_: number, ask: (o: Observation) => boolean) => ask(observation),
      };
      for (const { predicate, query } of whole)
        expect([predicate.name, holds(query, attributes)]).toEqual([
          predicate.name,
          predicate.test(evaluation),
        ]);
    }),
    { numRuns: 300 },
  );
});

describe('what spans cannot say', () => {
  const lostIn = (text: string): ReturnType<typeof translate> =>
    translate(predicateOf(text).expression);

  test('is left out of alternatives, and named', () => {
    const { query, lost } = lostIn(rule('[{ tool.labels: egress }, { result.pii|gte: 3 }]'));
    expect(query).toMatchObject({ op: 'test', attribute: 'tool.category' });
    expect(lost).toEqual(['result.pii: spans have the classes found, not their number']);
  });

  test.each([
    rule('{ tool.labels: egress, request.digest: ab }'),
    rule('{ flow.classes: secret }'),
    rule('{ tool.labels: egress }\n  y: { result.pii|gte: 3 }', 'x and not (x or y)'),
    rule('{ intent.covers: unknown }'),
    rule('{ kind: intent }'),
    rule('{ outcome: pending }'),
    rule('{ tool.name: null }'),
  ])('is not left out where it must hold: %s', (text) => {
    const { query, lost } = lostIn(text);
    expect(query).toBeUndefined();
    expect(lost).not.toEqual([]);
  });
});
