/** OpenTelemetry as a careful author sets it up, and what a careless one adds. */
import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CBaggagePropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { SpoorSampler, SpoorSpanProcessor } from '@spoor/instrument/sampler';
import { has } from './faults.ts';

const endpoint = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? 'http://127.0.0.1:4318';
const ratio = Number(process.env.OTEL_TRACES_SAMPLER_ARG ?? '1');

function exporter(): SpanExporter {
  switch (process.env.CORPUS_PROTOCOL) {
    case 'grpc':
      return new GrpcExporter({ url: endpoint });
    case 'json':
      return new JsonExporter({ url: `${endpoint}/v1/traces` });
    default:
      return new ProtoExporter({ url: `${endpoint}/v1/traces` });
  }
}

const careful: boolean = !has('ratio-sampler') && !has('parent-sampler');

export function startTelemetry(): void {
  if (has('no-telemetry')) return;
  const batches = new BatchSpanProcessor({ exporter: exporter(), scheduledDelayMillis: 100 });
  const base = ratio < 1 ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
  const secret = has('env-resource') ? { 'process.key': process.env.SERVICE_API_KEY ?? '' } : {};
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'corpus', ...secret }),
    sampler: careful
      ? new SpoorSampler({ base })
      : new ParentBasedSampler(
          has('parent-sampler')
            ? { root: base }
            : { root: base, remoteParentSampled: base, remoteParentNotSampled: base },
        ),
    spanProcessors: [careful ? new SpoorSpanProcessor(batches) : batches],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

const tracer = (): ReturnType<typeof trace.getTracer> => trace.getTracer('corpus');

export type Meta = Readonly<Record<string, unknown>>;
export type Args = Readonly<Record<string, unknown>>;

/** Runs a call within a span of its own. */
export async function traced(
  name: string,
  args: Args,
  meta: Meta,
  run: (span: Span) => Promise<string>,
): Promise<string> {
  const parent = has('parent-sampler') ? remoteContext(meta) : context.active();
  const spanName = has('span-name')
    ? `call ${name} ${Object.values(args).join(' ')}`
    : `handle ${name}`;
  const attributes = { ...attributesOf(args), ...baggageOf(meta) };
  return tracer().startActiveSpan(spanName, { attributes }, parent, async (span) => {
    if (has('args-event')) span.addEvent('called', { input: JSON.stringify(args) });
    try {
      const text = await run(span);
      if (has('result-attribute')) span.setAttribute('tool.result', text);
      return text;
    } catch (error) {
      tellFailure(span, args);
      throw error;
    } finally {
      span.end();
    }
  });
}

function tellFailure(span: Span, args: Args): void {
  if (has('args-exception')) span.recordException(new Error(`bad input ${JSON.stringify(args)}`));
  if (has('no-error-spans')) return;
  span.setAttribute('error.type', 'tool_error');
  const message = has('args-status') ? `failed for ${Object.values(args)}` : 'failed';
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

function attributesOf(args: Args): Attributes {
  const text = JSON.stringify(args);
  return {
    'tool.argument_names': Object.keys(args).sort().join(','),
    ...(has('args-attribute') ? { 'tool.args': text } : {}),
    ...(has('args-base64') ? { 'tool.blob': Buffer.from(text).toString('base64') } : {}),
  };
}

const baggageOf = ({ baggage }: Meta): Attributes =>
  has('baggage-span') && typeof baggage === 'string' ? { 'user.baggage': baggage } : {};

const remoteContext = ({ traceparent }: Meta): typeof ROOT_CONTEXT => {
  const [, traceId = '', spanId = '', flags = '00'] = String(traceparent ?? '').split('-');
  return traceId === ''
    ? ROOT_CONTEXT
    : trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId,
        traceFlags: Number(flags),
        isRemote: true,
      });
};

/** Headers of a request that a tool makes. */
export function outgoing({ baggage }: Meta): Record<string, string> {
  const headers: Record<string, string> = {};
  const own = propagation.createBaggage({ 'app.service': { value: 'corpus' } });
  new W3CBaggagePropagator().inject(propagation.setBaggage(ROOT_CONTEXT, own), headers, {
    set: (carrier, key, value) => {
      carrier[key] = value;
    },
  });
  if (has('baggage-out') && typeof baggage === 'string') headers.baggage = baggage;
  return headers;
}

/** A log record and a point of a metric, sent by hand: their SDKs are not what is tested. */
export async function tellMore(name: string, args: Args, serial: number): Promise<void> {
  if (has('args-log')) {
    const record = { body: { stringValue: `called ${name} with ${JSON.stringify(args)}` } };
    await send('logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
  }
  if (!has('metric-ids') && serial > 1) return;
  const value = { stringValue: has('metric-ids') ? `call-${serial}` : name };
  const point = { asInt: '1', attributes: [{ key: 'tool.name', value }] };
  const metric = { name: 'tool.calls', sum: { dataPoints: [point] } };
  await send('metrics', { resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
}

async function send(signal: 'logs' | 'metrics', body: object): Promise<void> {
  if (has('no-telemetry')) return;
  await fetch(`${endpoint}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {});
}

export const traceId = (): string => trace.getActiveSpan()?.spanContext().traceId ?? '';
