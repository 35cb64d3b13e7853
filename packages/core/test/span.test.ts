import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { ATTRIBUTES } from '../src/attributes.ts';
import type { SpanId } from '../src/ids.ts';
import type { Observation, Outcome } from '../src/observation.ts';
import { guardrailSpan, type Span, spanOf } from '../src/span.ts';
import { FULL } from './observations.ts';

const DECLARED = new Set(['customer']);
const CHILD = '1234567890abcdef' as SpanId;

const spansOf = (o: Observation, declared: ReadonlySet<string> = DECLARED): readonly Span[] =>
  [spanOf(o, declared), guardrailSpan(o, CHILD)].filter((span) => span !== undefined);

/** All that a peer or a detector chose; the ids of the trace are checked where they enter. */
type Put = (text: string, path: string) => string;
function mapTexts(value: unknown, put: Put, path: string = ''): unknown {
  if (typeof value === 'string') return put(value, path);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, put, path));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, item]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const isTraceId = /^trace\.(trace|span|parent)$/.test(at);
    return [name, isTraceId ? item : mapTexts(item, put, at)];
  });
  return Object.fromEntries(entries);
}
const withTexts = (put: Put): Observation => mapTexts({ ...FULL, prompt: 'p' }, put) as Observation;

describe('spanOf, on hostile text', () => {
  verifies('export:allowlist', () => {
    const canary = 'Ωcanary';
    const hostile = fc
      .tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))
      .map(([before, after]) => `${before}${canary}${after}`);
    fc.assert(
      fc.property(fc.infiniteStream(hostile), fc.boolean(), (texts, declare) => {
        const declared = new Set<string>();
        const observation = withTexts(() => {
          const text = texts.next().value;
          if (declare) declared.add(text);
          return text;
        });
        for (const span of spansOf(observation, declared)) {
          expect(JSON.stringify(span)).not.toContain(canary);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('lets a plain word out only where it is a name or a coded reason', () => {
    const found = new Set<string>();
    withTexts((text, path) => {
      const marked = withTexts((old, at) => (at === path ? 'canaryword' : old));
      if (JSON.stringify(spansOf(marked)).includes('canaryword')) found.add(path);
      return text;
    });
    expect([...found].sort()).toEqual([
      'decision.reason',
      'decision.rule',
      'errorType',
      'principal.agent',
      'prompt',
      'server.name',
      'tool.name',
    ]);
  });

  it('has no attribute without a row, and none that holds facts kept for the store', () => {
    for (const { attributes } of spansOf(FULL)) {
      for (const name of Object.keys(attributes)) expect(ATTRIBUTES).toHaveProperty([name]);
    }
    const text = JSON.stringify(spansOf(FULL));
    expect(text).not.toContain('[email]');
    expect(text).not.toContain('undeclared');
    expect(text).not.toContain(FULL.facts.request?.atoms[0]?.print);
  });
});

describe('spanOf', () => {
  it('is the span of the conventions, with ours beside', () => {
    const span = spanOf({ ...FULL, errorType: '-32602', outcome: 'protocol_error' }, DECLARED);
    expect(span).toMatchObject({
      name: 'tools/call query_customer_pii',
      kind: 'client',
      trace: FULL.trace.trace,
      span: FULL.trace.span,
      parent: FULL.trace.parent,
      startMs: 1_000,
      endMs: 1_250,
      error: true,
    });
    expect(span.attributes).toMatchObject({
      'mcp.method.name': 'tools/call',
      'mcp.protocol.version': '2026-07-28',
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'query_customer_pii',
      'jsonrpc.request.id': '12',
      'error.type': '-32602',
      'rpc.response.status_code': '-32602',
      'network.transport': 'pipe',
      'tool.category': ['reads-pii'],
      'spoor.request.arguments': ['customer'],
      'spoor.request.classes': ['pii.email'],
      'spoor.flow.labels': ['reads-private', 'reads-untrusted'],
      'mcp.audit.index': 41,
      'security.policy.rule.id': 'pii-through-code-to-share',
    });
  });

  it('names an unknown method _OTHER, and the prompt where there is one', () => {
    const { tool: _, ...toolless } = FULL;
    const named = (o: Observation): string => spanOf(o, DECLARED).name;
    expect(named({ ...toolless, method: 'customer/4111111111111111' })).toBe('_OTHER');
    expect(named({ ...toolless, method: 'prompts/get', prompt: 'review' })).toBe(
      'prompts/get review',
    );
    expect(named({ ...toolless, method: 'prompts/get', prompt: 'a b' })).toBe('prompts/get');
  });

  it('is an error exactly where the call did not do what was asked', () => {
    const errors: Readonly<Record<Exclude<Outcome, 'pending'>, boolean>> = {
      ok: false,
      input_required: false,
      tool_error: true,
      protocol_error: true,
      denied: true,
      timeout: true,
      cancelled: true,
    };
    for (const [outcome, error] of Object.entries(errors)) {
      expect(spanOf({ ...FULL, outcome: outcome as Outcome }, DECLARED).error, outcome).toBe(error);
    }
  });

  it('says of the transport what is known', () => {
    const transportOf = (transport: Observation['server']['transport']): unknown =>
      spanOf({ ...FULL, server: { name: 's', transport } }, DECLARED).attributes[
        'network.transport'
      ];
    expect(transportOf('stdio')).toBe('pipe');
    expect(transportOf('http')).toBe('tcp');
    expect(transportOf('memory')).toBeUndefined();
    expect(transportOf('unknown')).toBeUndefined();
  });

  it('has no length while the end is not known', () => {
    const open = spanOf({ ...FULL, time: { startMs: 5, hubMs: 9 } }, DECLARED);
    expect(open.endMs).toBe(5);
  });
});

describe('guardrailSpan', () => {
  it('hangs below its call and says what the rule wanted and what was done', () => {
    const decision = {
      ...FULL.decision,
      action: 'allow',
      mode: 'observe',
    } as Observation['decision'];
    const span = guardrailSpan({ ...FULL, ...(decision && { decision }) }, CHILD);
    expect(span).toMatchObject({ parent: FULL.trace.span, span: CHILD, kind: 'internal' });
    expect(span?.attributes).toMatchObject({
      'gen_ai.guardrail.verdict.type': 'deny',
      'gen_ai.guardrail.action.type': 'allow',
    });
  });

  it('says what was stopped, masked and excepted', () => {
    const { decision } = FULL;
    if (decision === undefined) throw new Error('the fixture has a decision');
    const stopped = { ...decision, rule: '', reason: 'stopped', wanted: 'deny' } as const;
    expect(guardrailSpan({ ...FULL, decision: stopped }, CHILD)?.attributes).toMatchObject({
      'gen_ai.guardrail.action.type': decision.action,
      'spoor.decision.reason': 'stopped',
    });
    const masked = { ...decision, action: 'modify', exception: 'x-0a1b2c3d4e' } as const;
    const span = guardrailSpan({ ...FULL, decision: masked, masked: { result: 2 } }, CHILD);
    expect(span?.attributes).toMatchObject({
      'gen_ai.guardrail.action.type': 'modify',
      'spoor.decision.exception': 'x-0a1b2c3d4e',
      'spoor.masked.result': 2,
    });
  });

  it('is not there where nobody spoke', () => {
    const { decision, ...undecided } = FULL;
    expect(guardrailSpan(undecided, CHILD)).toBeUndefined();
    if (decision === undefined) throw new Error('the fixture has a decision');
    expect(
      guardrailSpan({ ...FULL, decision: { ...decision, reason: 'default' } }, CHILD),
    ).toBeUndefined();
  });
});
