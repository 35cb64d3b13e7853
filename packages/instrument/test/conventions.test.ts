import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { expect } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { lint } from '../../hub/test/support/conventions.ts';
import { instrument } from '../src/index.ts';
import { Telemetry, Wire } from './support.ts';

const ASKED: readonly (readonly [string, object])[] = [
  ['initialize', { protocolVersion: '2025-11-25' }],
  ['tools/list', {}],
  ['tools/call', { name: 'plain', arguments: { a: 1 } }],
  ['tools/call', { name: 'odd name, no plain one' }],
  ['prompts/get', { name: 'p', arguments: { a: 'b' } }],
  ['prompts/list', {}],
  ['resources/read', { uri: 'file:///etc/passwd' }],
  ['resources/subscribe', { uri: 'https://a.example/?q=1' }],
  ['resources/list', {}],
  ['sampling/createMessage', { messages: [] }],
  ['elicitation/create', { message: 'who?' }],
  ['completion/complete', { argument: { name: 'a', value: 'b' } }],
  ['made/up by a peer', { x: 1 }],
];

const ANSWERS: readonly object[] = [
  { result: { content: [] } },
  { result: { content: [{ type: 'text', text: 'no' }], isError: true } },
  { error: { code: -32602, message: 'a secret', data: 'another' } },
  { error: { code: 7.5, message: 'no code' } },
  { result: { resultType: 'input_required', requestState: 's' } },
];

/** What the lint reads; it knows clients, and a server's span differs from theirs in its kind. */
const decoded = (span: ReadableSpan): Parameters<typeof lint>[0] => ({
  trace: span.spanContext().traceId,
  span: span.spanContext().spanId,
  parent: span.parentSpanContext?.spanId ?? '',
  name: span.name,
  kind: 3,
  status: { code: span.status.code, message: span.status.message ?? '' },
  startMs: 0,
  endMs: 0,
  attributes: span.attributes,
  links: [],
});

verifies(
  'inprocess:conventions',
  async () => {
    const telemetry = new Telemetry();
    const wire = instrument(new Wire(), { tracerProvider: telemetry.tracerProvider, name: 'srv' });
    wire.onmessage = () => undefined;
    let id = 0;
    for (const [method, params] of ASKED) {
      for (const answer of ANSWERS) {
        id += 1;
        const own = id % 2 === 0 ? id : `text ${id}`;
        const request = { jsonrpc: '2.0', id: own, method, params };
        await wire.send(request);
        wire.onmessage({ jsonrpc: '2.0', id: own, ...answer });
        wire.onmessage(request);
        await wire.send({ jsonrpc: '2.0', id: own, ...answer });
      }
    }
    const { spans } = telemetry;
    expect(spans).toHaveLength(2 * ASKED.length * ANSWERS.length);
    expect(spans.flatMap((span) => lint(decoded(span)))).toEqual([]);
    const kinds = Map.groupBy(spans, ({ kind }) => kind);
    expect(kinds.get(SpanKind.CLIENT)).toHaveLength(spans.length / 2);
    expect(kinds.get(SpanKind.SERVER)).toHaveLength(spans.length / 2);
    expect(spans.flatMap(({ events }) => events)).toEqual([]);
  },
  { case: 'every method and ending, by the lint of the conventions' },
);
