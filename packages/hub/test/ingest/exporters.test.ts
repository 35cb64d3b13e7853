import { type Context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { startHub, type TestHub, until } from '../support/hub.ts';

/** An agent with OpenTelemetry's own SDK: an agent's span, and two tools inside it. */
async function agent(exporter: SpanExporter): Promise<void> {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'support-agent' }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('support-agent', '2.0.0');
  const start = (name: string, attributes: Record<string, string>, parent: Context): Span =>
    tracer.startSpan(name, { attributes }, parent);
  const tool = (name: string, args: object, result: object): Record<string, string> => ({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': name,
    'gen_ai.tool.call.arguments': JSON.stringify(args),
    'gen_ai.tool.call.result': JSON.stringify(result),
  });
  const iban = 'DE89370400440532013000';
  const messages = JSON.stringify([{ role: 'user', content: 'Summarise my notes' }]);
  const root = start(
    'invoke_agent support',
    { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.input.messages': messages },
    ROOT_CONTEXT,
  );
  const inside = trace.setSpan(ROOT_CONTEXT, root);
  start('execute_tool read_file', tool('read_file', { path: 'notes.txt' }, { iban }), inside).end();
  const mail = tool('send_email', { to: 'x@example.net', body: iban }, { sent: true });
  start('execute_tool send_email', mail, inside).end();
  root.end();
  await provider.shutdown();
}

/** What alerts; weaker signs are there beside it. */
const EXPECTED = ['data-access-then-egress', 'leaking-instrumentation'];

async function sees(hub: TestHub): Promise<void> {
  const alerts = await until(
    () => hub.alerts(),
    (all) => EXPECTED.every((id) => all.some(({ rule }) => rule.id === id)),
  );
  const grave = alerts.filter(({ rule }) => EXPECTED.includes(rule.id) || rule.level === 'high');
  expect(grave.map(({ rule }) => rule.id).sort()).toEqual(EXPECTED);
  const [session] = await hub.sessions();
  expect(session?.session).toMatchObject({ agent: 'support-agent', level: 'unverified' });
  const tools = session?.observations.filter(({ tool }) => tool !== undefined) ?? [];
  expect(new Set(tools.map(({ cause }) => `${cause.kind} by ${cause.evidence}`))).toEqual(
    new Set(['user by trace']),
  );
}

const EXPORTERS: readonly (readonly [string, (hub: TestHub) => SpanExporter])[] = [
  [
    'protobuf to the port of the hub',
    ({ url, token }) =>
      new ProtoExporter({
        url: `${url}/v1/traces`,
        headers: { authorization: `Bearer ${token}` },
      }),
  ],
  [
    'compressed JSON to its own port',
    ({ view }) =>
      new JsonExporter({
        url: `${view.ingest.http}/v1/traces`,
        compression: 'gzip' as never,
      }),
  ],
  ['gRPC', ({ view }) => new GrpcExporter({ url: `http://${view.ingest.grpc}` })],
];

for (const [way, exporterTo] of EXPORTERS) {
  verifies(
    'otlp:exporters',
    async () => {
      const hub = await startHub({ ingest: { host: '127.0.0.1', port: 0, grpcPort: 0 } });
      await agent(exporterTo(hub));
      await sees(hub);
    },
    { case: way, timeoutMs: 30_000 },
  );
}

verifies(
  'otlp:closed',
  async () => {
    const hub = await startHub({ ingest: { host: '0.0.0.0', grpcPort: 0 } });
    const address = `http://${hub.view.ingest.grpc?.replace('0.0.0.0', '127.0.0.1')}`;
    await agent(new GrpcExporter({ url: address, timeoutMillis: 2_000 })).catch(() => undefined);
    await until(
      () => hub.counts(),
      ({ ingestRefused }) => (ingestRefused ?? 0) > 0,
    );
    expect(await hub.sessions()).toEqual([]);
  },
  { case: 'gRPC without the token', timeoutMs: 30_000 },
);
