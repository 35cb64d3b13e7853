import { readFileSync } from 'node:fs';
import {
  ALLOW,
  guardrailSpan,
  OBSERVATION_KINDS,
  type Observation,
  type ObservationKind,
  OUTCOMES,
  type Outcome,
  type SpanId,
  spanOf,
} from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { filterOf, spanFor } from '../../src/export/attributes.ts';
import { encodeSpans } from '../../src/export/otlp.ts';
import { observation } from '../support/build.ts';
import { EXCEPTIONS, lint } from '../support/conventions.ts';
import { type DecodedSpan, decodeSpans } from '../support/otlp.ts';

const METHODS: Readonly<Partial<Record<ObservationKind, readonly string[]>>> = {
  'tool.call': ['tools/call'],
  'tool.list': ['tools/list'],
  'resource.list': ['resources/list', 'resources/templates/list'],
  'resource.read': ['resources/read'],
  'prompt.list': ['prompts/list'],
  'prompt.get': ['prompts/get'],
  'sampling.request': ['sampling/createMessage'],
  'elicitation.request': ['elicitation/create'],
  system: ['ping', 'initialize', 'evil/method with text', ''],
};

/** Codes that each outcome comes with. */
const ERRORS: Readonly<Partial<Record<Outcome, readonly string[]>>> = {
  tool_error: ['tool_error'],
  protocol_error: ['-32602', '-32001', 'closed'],
  denied: ['denied', 'fail_closed'],
  timeout: ['timeout'],
  cancelled: ['cancelled'],
};

const observations: fc.Arbitrary<Observation> = fc
  .record({
    kind: fc.constantFrom(...OBSERVATION_KINDS),
    outcome: fc.constantFrom(...OUTCOMES.filter((outcome) => outcome !== 'pending')),
    pick: fc.nat(),
    tool: fc.constantFrom('query', 'a/b:c-d.e', '~0123456789abcdef'),
    ruled: fc.boolean(),
    id: fc.constantFrom('7', '-7', '~0123456789abcdef', undefined),
    version: fc.constantFrom('2025-06-18', '2026-07-28', undefined),
    transport: fc.constantFrom('stdio' as const, 'http' as const, 'memory' as const),
  })
  .map(({ kind, outcome, pick, tool, ruled, id, version, transport }) => {
    const of = (list: readonly string[] | undefined): string => list?.[pick % list.length] ?? '';
    const errorType = of(ERRORS[outcome]);
    const { tool: _, ...plain } = observation(1);
    return {
      ...plain,
      kind,
      method: of(METHODS[kind]),
      outcome,
      server: { name: 'crm', transport },
      ...(kind === 'tool.call' ? { tool: { name: tool, labels: [] } } : {}),
      ...(kind === 'prompt.get' ? { prompt: tool } : {}),
      ...(kind === 'resource.read' ? { resource: 'file:0123456789abcdef' } : {}),
      ...(errorType === '' ? {} : { errorType }),
      ...(id === undefined ? {} : { requestId: id }),
      ...(version === undefined ? {} : { protocolVersion: version }),
      decision: ruled ? { ...ALLOW, wanted: 'deny', rule: 'a-rule', reason: 'rule' } : ALLOW,
    };
  });

const KEEP = filterOf({ drop: [] });

function exported(o: Observation, keep = KEEP): DecodedSpan[] {
  const spans = [spanOf(o, new Set()), guardrailSpan(o, '4'.repeat(16) as SpanId)];
  const made = spans.filter((span) => span !== undefined);
  return decodeSpans(
    encodeSpans(
      made.map((span) => spanFor(span, keep)),
      '0.1.0',
    ),
  );
}

verifies(
  'export:lint',
  () => {
    fc.assert(
      fc.property(observations, (o) => {
        expect(exported(o).flatMap(lint)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  },
  { case: 'all kinds of observations' },
);

describe('the lint', () => {
  const [good] = exported({ ...observation(1), outcome: 'ok', requestId: '1' });
  const change = (part: Partial<DecodedSpan>): readonly string[] =>
    lint({ ...(good ?? expect.fail('no span')), ...part });
  const attributes = good?.attributes ?? {};
  const { 'mcp.method.name': _, ...noMethod } = attributes;

  test.each<[string, Partial<DecodedSpan>]>([
    ['lacks mcp.method.name', { attributes: noMethod }],
    ['kind 2', { kind: 2 }],
    ['is called otherwise', { name: 'tools/call' }],
    ['contradict', { status: { code: 2, message: 'failed' } }],
    ['status text is boom', { status: { code: 2, message: 'boom' } }],
    ['where it does not belong', { attributes: { ...attributes, 'gen_ai.prompt.name': 'p' } }],
    ['no convention knows', { attributes: { ...attributes, 'mcp.tool.name': 'query' } }],
    ['mcp.session.id is', { attributes: { ...attributes, 'mcp.session.id': 'abc' } }],
    ['is no string', { attributes: { ...attributes, 'mcp.protocol.version': 3 } }],
    ['jsonrpc.request.id is', { attributes: { ...attributes, 'jsonrpc.request.id': 'my id' } }],
  ])('finds a span that %s', (problem, part) => {
    expect(change({})).toEqual([]);
    expect(change(part).join()).toContain(problem);
  });

  test('excepts what the document declares, and no more', () => {
    const document = readFileSync(
      new URL('../../../../docs/telemetry.md', import.meta.url),
      'utf8',
    );
    const [, table = ''] = document.split('## Exceptions to the conventions');
    for (const name of Object.keys(EXCEPTIONS)) expect(table.split('## ')[0]).toContain(name);
  });
});
