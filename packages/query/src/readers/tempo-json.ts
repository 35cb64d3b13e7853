import { z } from 'zod';
import type { SpanEvent, SpanLink, SpanRecord, TraceRecord } from '../reader.ts';
import { type Bounds, inTime, readId, TraceBuilder } from './bounds.ts';

/**
 * Tempo's JSON: OTLP as its protobuf library writes it, with ids in Base64, numbers of 64 bits as
 * text and kinds by name. Others that speak like Tempo write ids as digits; both are read.
 */

const listOf = <Row extends z.ZodType>(row: Row): z.ZodType<z.output<Row>[]> =>
  z
    .array(row)
    .nullish()
    .transform((rows) => rows ?? []) as unknown as z.ZodType<z.output<Row>[]>;

const Nanos = z.union([z.string(), z.number()]);
const Attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()).nullish() });
const Event = z.object({
  name: z.string().default(''),
  timeUnixNano: Nanos,
  attributes: listOf(Attribute),
});
const Span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().nullish(),
  name: z.string().default(''),
  kind: z.union([z.string(), z.number()]).nullish(),
  startTimeUnixNano: Nanos,
  endTimeUnixNano: Nanos,
  attributes: listOf(Attribute),
  events: listOf(Event),
  links: listOf(z.object({ traceId: z.string(), spanId: z.string() })),
  status: z.object({ code: z.union([z.string(), z.number()]).nullish() }).nullish(),
});
const Scope = z.object({ spans: listOf(z.unknown()) });
const Batch = z.object({
  resource: z.object({ attributes: listOf(Attribute) }).nullish(),
  scopeSpans: listOf(Scope),
});
const Spans = z.object({ batches: listOf(Batch), resourceSpans: listOf(Batch) });

interface TempoBatch {
  readonly resource?: { readonly attributes: readonly TempoAttribute[] } | null | undefined;
  readonly scopeSpans: readonly { readonly spans: readonly unknown[] }[];
}

interface TempoAttribute {
  readonly key: string;
  readonly value?: Readonly<Record<string, unknown>> | null | undefined;
}

interface TempoTrace {
  readonly batches: readonly TempoBatch[];
  readonly resourceSpans: readonly TempoBatch[];
}

/** What is empty is left out of an answer, but not all that makes it one. */
const hasOne =
  (...names: string[]) =>
  (value: unknown): boolean =>
    typeof value === 'object' && value !== null && names.some((name) => Object.hasOwn(value, name));

const answerOf = <Value>(names: string[], form: z.ZodType<Value>): z.ZodType<Value> =>
  z
    .unknown()
    .refine(hasOne(...names))
    .pipe(form);

export const TraceAnswer: z.ZodType<TempoTrace> = answerOf(['batches', 'resourceSpans'], Spans);

export const TraceAnswerV2: z.ZodType<{
  readonly trace: TempoTrace;
  readonly status?: string | undefined;
}> = z.object({ trace: Spans, status: z.string().optional() });

export const SearchAnswer: z.ZodType<{
  readonly traces: readonly { readonly traceID: string }[];
}> = answerOf(
  ['traces', 'metrics'],
  z.object({ traces: listOf(z.object({ traceID: z.string() })) }),
);

export const ValuesAnswer: z.ZodType<{
  readonly tagValues: readonly { readonly type: string; readonly value: string }[];
}> = answerOf(
  ['tagValues', 'metrics'],
  z.object({ tagValues: listOf(z.object({ type: z.string(), value: z.string() })) }),
);

/** @returns undefined where it holds no span at all */
export function readTempoTrace(
  { batches, resourceSpans }: TempoTrace,
  trace: string,
  room: number,
): TraceRecord | undefined {
  const builder = new TraceBuilder(trace);
  let any = false;
  for (const { resource, scopeSpans } of [...batches, ...resourceSpans]) {
    for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
      any = true;
      builder.add((bounds) => readSpan(span, resource?.attributes ?? [], bounds), room);
    }
  }
  return any ? builder.build() : undefined;
}

function readSpan(
  value: unknown,
  resource: readonly TempoAttribute[],
  bounds: Bounds,
): SpanRecord | undefined {
  const parsed = Span.safeParse(value);
  if (!parsed.success) return undefined;
  const { traceId, spanId, parentSpanId, name, kind, attributes, events, links } = parsed.data;
  const [trace, span] = [idOf(traceId, 32), idOf(spanId, 16)];
  const startMs = millisecondsOf(parsed.data.startTimeUnixNano);
  const endMs = millisecondsOf(parsed.data.endTimeUnixNano);
  if (trace === undefined || span === undefined || startMs === undefined) return undefined;
  const parent = parentSpanId == null ? undefined : idOf(parentSpanId, 16);
  const spanKind = KINDS[String(kind)];
  const rest = resource.filter(({ key }) => key !== 'service.name');
  const service = rowsOf(resource).find(([key]) => key === 'service.name')?.[1];
  return {
    trace,
    span,
    ...(parent === undefined || /^0+$/.test(parent) ? {} : { parent }),
    service: bounds.name(typeof service === 'string' ? service : ''),
    name: bounds.name(name),
    ...(spanKind === undefined ? {} : { kind: spanKind }),
    startMs,
    durationMs: Math.max(0, between(parsed.data.startTimeUnixNano, parsed.data.endTimeUnixNano)),
    status: STATUSES[String(parsed.data.status?.code)] ?? 'unset',
    attributes: bounds.attributes(rowsOf(attributes)),
    resource: bounds.attributes(rowsOf(rest)),
    events: inTime(
      bounds.rows(events).flatMap((event) => eventOf(event, endMs ?? startMs, bounds)),
    ),
    ...linksOf(bounds.rows(links)),
  };
}

function eventOf(
  { name, timeUnixNano, attributes }: z.output<typeof Event>,
  elseMs: number,
  bounds: Bounds,
): readonly SpanEvent[] {
  const atMs = millisecondsOf(timeUnixNano) ?? elseMs;
  return [{ name: bounds.name(name), atMs, attributes: bounds.attributes(rowsOf(attributes)) }];
}

function linksOf(links: readonly { readonly traceId: string; readonly spanId: string }[]): {
  readonly links?: readonly SpanLink[];
} {
  const read = links.flatMap(({ traceId, spanId }) => {
    const [trace, span] = [idOf(traceId, 32), idOf(spanId, 16)];
    return trace === undefined || span === undefined ? [] : [{ trace, span }];
  });
  return read.length === 0 ? {} : { links: read };
}

const KINDS: Readonly<Record<string, SpanRecord['kind']>> = {
  SPAN_KIND_INTERNAL: 'internal',
  SPAN_KIND_SERVER: 'server',
  SPAN_KIND_CLIENT: 'client',
  SPAN_KIND_PRODUCER: 'producer',
  SPAN_KIND_CONSUMER: 'consumer',
  1: 'internal',
  2: 'server',
  3: 'client',
  4: 'producer',
  5: 'consumer',
};

const STATUSES: Readonly<Record<string, SpanRecord['status']>> = {
  STATUS_CODE_OK: 'ok',
  STATUS_CODE_ERROR: 'error',
  1: 'ok',
  2: 'error',
};

/** Lengths tell the two notations apart: Base64 of 16 bytes has 24 characters, of 8 bytes 12. */
function idOf(text: string, digits: 16 | 32): string | undefined {
  if (!text.endsWith('=') || text.length !== (digits === 32 ? 24 : 12)) return readId(text, digits);
  return readId(Buffer.from(text, 'base64').toString('hex'), digits);
}

const NANOS = /^\d{1,20}$/;

/** With microseconds as a fraction: more than a double can hold of today's date is not there. */
function millisecondsOf(nanos: string | number): number | undefined {
  const text = String(nanos);
  return NANOS.test(text) ? Number(BigInt(text) / 1_000n) / 1_000 : undefined;
}

function between(start: string | number, end: string | number): number {
  const [from, to] = [String(start), String(end)];
  if (!NANOS.test(from) || !NANOS.test(to)) return 0;
  return Number(BigInt(to) - BigInt(from)) / 1_000_000;
}

const rowsOf = (attributes: readonly TempoAttribute[]): (readonly [string, unknown])[] =>
  attributes.map(({ key, value }) => [key, plainOf(value)] as const);

/** The value that an AnyValue holds; what is nested in it is given as JSON text. */
function plainOf(value: TempoAttribute['value']): unknown {
  const [kind, held] = Object.entries(value ?? {})[0] ?? [];
  if (kind === 'intValue') return integerOf(held);
  if (kind !== 'arrayValue') return held;
  const { values } = (held ?? {}) as { readonly values?: unknown };
  return Array.isArray(values)
    ? values.map((one) => plainOf(one as TempoAttribute['value']))
    : held;
}

/** Text where a double would round it. */
function integerOf(held: unknown): unknown {
  const number = Number(held);
  return Number.isSafeInteger(number) ? number : held;
}
