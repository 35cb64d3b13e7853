import { context, ROOT_CONTEXT, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { SpoorSampler, type SpoorSamplerOptions, SpoorSpanProcessor } from '../src/sampler.ts';

/** Somebody's own set-up: batching, with our sampler and processor in it. */
function setUp(options: SpoorSamplerOptions) {
  const exporter = new InMemorySpanExporter();
  const batch = new BatchSpanProcessor({ exporter, maxQueueSize: 100_000 });
  const provider = new TracerProvider({
    sampler: new SpoorSampler(options),
    spanProcessors: [new SpoorSpanProcessor(batch)],
  });
  const exported = async (): Promise<ReadableSpan[]> => {
    await provider.forceFlush();
    return exporter.getFinishedSpans();
  };
  return { tracer: provider.getTracer('test'), exported };
}

const SECURITY: readonly Record<string, string | string[]>[] = [
  { 'spoor.decision.action': 'deny', 'spoor.decision.wanted': 'deny' },
  { 'spoor.decision.action': 'allow', 'security.policy.rule.id': 'exfiltration' },
  { 'error.type': 'tool_error' },
  { 'error.type': '403' },
  { 'tool.category': ['egress'], 'mcp.identity.level': 'unverified' },
];

verifies(
  'sample:own-sdk',
  async () => {
    const { tracer, exported } = setUp({ base: 0.01 });
    for (let i = 0; i < 10_000; i++) {
      const security = i % 50 === 0 ? (SECURITY[(i / 50) % SECURITY.length] ?? {}) : {};
      const session = { 'spoor.session.id': `s${Math.floor(i / 10)}` };
      tracer.startSpan(`call ${i}`, { attributes: { ...session, ...security } }).end();
    }
    const names = new Set((await exported()).map(({ name }) => name));
    const wanted = Array.from({ length: 200 }, (_, i) => `call ${i * 50}`);
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
    // Denials and detections bring the rest of their session with them: 80 sessions of 10.
    const sessions = wanted.filter((_, i) => i % SECURITY.length < 2);
    for (const name of sessions) {
      const first = Number(name.slice(5));
      for (let i = first; i < first + 10; i++) expect(names).toContain(`call ${i}`);
    }
    // The other spans keep to their rate: 120 + 800 are kept for a reason, of 9,080 one percent.
    expect(names.size).toBeGreaterThan(920 + 40);
    expect(names.size).toBeLessThan(920 + 160);
  },
  { timeoutMs: 60_000 },
);

describe('a session that is kept', () => {
  test('brings its past, marked as such', async () => {
    const { tracer, exported } = setUp({ base: 0 });
    const attributes = { 'spoor.session.id': 'one' };
    tracer.startSpan('before', { attributes }).end();
    tracer.startSpan('other', { attributes: { 'spoor.session.id': 'two' } }).end();
    tracer.startSpan('denied', { attributes: { ...attributes, ...SECURITY[0] } }).end();
    tracer.startSpan('after', { attributes }).end();
    const spans = await exported();
    expect(spans.map(({ name, attributes: has }) => [name, has['spoor.sampling.reason']])).toEqual([
      ['before', 'past'],
      ['denied', 'denial'],
      ['after', 'session'],
    ]);
    expect(spans[0]?.duration).toBeDefined();
  });

  test('status alone tells an error', async () => {
    const { tracer, exported } = setUp({ base: 0 });
    const span = tracer.startSpan('failed');
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    expect((await exported()).map(({ name }) => name)).toEqual(['failed']);
  });
});

describe("a client's flag", () => {
  const parent = (flags: number) =>
    trace.setSpanContext(ROOT_CONTEXT, {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      isRemote: true,
      traceFlags: flags,
    });
  const names = async (options: SpoorSamplerOptions, flags: number): Promise<string[]> => {
    const { tracer, exported } = setUp(options);
    tracer.startSpan('call', {}, parent(flags)).end();
    return (await exported()).map(({ name }) => name);
  };

  test.each([TraceFlags.NONE, TraceFlags.SAMPLED])('%i has no effect', async (flags) => {
    expect(await names({ base: 0 }, flags)).toEqual([]);
    expect(await names({ base: 1 }, flags)).toEqual(['call']);
    const off = new ParentBasedSampler({ root: new AlwaysOffSampler() });
    expect(await names({ base: off }, flags)).toEqual([]);
  });

  test('counts where remote parents are trusted', async () => {
    const trusted = { base: 0, trustRemote: true };
    expect(await names(trusted, TraceFlags.SAMPLED)).toEqual(['call']);
    expect(await names({ ...trusted, base: 1 }, TraceFlags.NONE)).toEqual([]);
  });
});

test('parts of one trace go together', async () => {
  const { tracer, exported } = setUp({ base: 0.5 });
  for (let i = 0; i < 200; i++) {
    const outer = tracer.startSpan('outer');
    tracer.startSpan('inner', {}, trace.setSpan(context.active(), outer)).end();
    outer.end();
  }
  const spans = await exported();
  const traces = Map.groupBy(spans, (span) => span.spanContext().traceId);
  expect(traces.size).toBeGreaterThan(50);
  expect(traces.size).toBeLessThan(150);
  expect(new Set([...traces.values()].map(({ length }) => length))).toEqual(new Set([2]));
});
