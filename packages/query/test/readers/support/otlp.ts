import { randomBytes } from 'node:crypto';

/** A span as a test wants it stored. */
export interface MadeSpan {
  readonly trace: string;
  readonly span: string;
  readonly parent?: string;
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: 'unset' | 'ok' | 'error';
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly resource: Readonly<Record<string, string>>;
  readonly events: readonly {
    readonly name: string;
    readonly atMs: number;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
  readonly links: readonly { readonly trace: string; readonly span: string }[];
}

export const newTraceId = (): string => randomBytes(16).toString('hex');
const newSpanId = (): string => randomBytes(8).toString('hex');

export const madeSpan = (span: Partial<MadeSpan>): MadeSpan => ({
  trace: newTraceId(),
  span: newSpanId(),
  service: 'shop',
  name: 'GET /cart',
  kind: 'server',
  startMs: Date.now() - 60_000,
  durationMs: 12.5,
  status: 'unset',
  attributes: {},
  resource: {},
  events: [],
  links: [],
  ...span,
});

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'];

const nanos = (ms: number): string => String(BigInt(Math.round(ms * 1_000)) * 1_000n);

type OtlpValue = Readonly<Record<string, unknown>>;

function otlpAttributes(
  attributes: Readonly<Record<string, string | number | boolean>>,
): readonly { readonly key: string; readonly value: OtlpValue }[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: asOtlp(value) }));
}

function asOtlp(value: string | number | boolean): OtlpValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

export const otlpSpan = (span: MadeSpan): Readonly<Record<string, unknown>> => ({
  traceId: span.trace,
  spanId: span.span,
  ...(span.parent === undefined ? {} : { parentSpanId: span.parent }),
  name: span.name,
  kind: KINDS.indexOf(span.kind),
  startTimeUnixNano: nanos(span.startMs),
  endTimeUnixNano: nanos(span.startMs + span.durationMs),
  attributes: otlpAttributes(span.attributes),
  status: { code: STATUSES.indexOf(span.status) },
  events: span.events.map(({ name, atMs, attributes }) => ({
    name,
    timeUnixNano: nanos(atMs),
    attributes: otlpAttributes(attributes),
  })),
  links: span.links.map(({ trace, span: id }) => ({ traceId: trace, spanId: id })),
});

export const otlpResource = ({
  service,
  resource,
}: MadeSpan): Readonly<Record<string, unknown>> => ({
  attributes: otlpAttributes({ 'service.name': service, ...resource }),
});

/** An ExportTraceServiceRequest as JSON, each span with its own resource. */
const otlpRequest = (spans: readonly MadeSpan[]): string =>
  JSON.stringify({
    resourceSpans: spans.map((span) => ({
      resource: otlpResource(span),
      scopeSpans: [{ scope: { name: 'made', version: '1' }, spans: [otlpSpan(span)] }],
    })),
  });

/** Sends spans by OTLP over HTTP. */
export async function sendSpans(
  url: string,
  spans: readonly MadeSpan[],
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: otlpRequest(spans),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}
