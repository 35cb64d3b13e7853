import { LIMITS } from '@spoor/core';
import { z } from 'zod';
import type { SpanEvent, SpanLink, SpanRecord, TraceRecord } from '../reader.ts';
import { type Bounds, inTime, newestFirst, readId, TraceBuilder } from './bounds.ts';

/** The JSON of Jaeger's UI, which Jaeger and VictoriaTraces answer with. Times are microseconds. */

const listOf = <Row extends z.ZodType>(row: Row): z.ZodType<z.output<Row>[]> =>
  z
    .array(row)
    .nullish()
    .transform((rows) => rows ?? []) as unknown as z.ZodType<z.output<Row>[]>;

const Tag = z.object({ key: z.string(), value: z.unknown() });
const Process = z.object({ serviceName: z.string(), tags: listOf(Tag) });
const Reference = z.object({ refType: z.string(), traceID: z.string(), spanID: z.string() });
const Log = z.object({ timestamp: z.number(), fields: listOf(Tag) });
const Span = z.object({
  traceID: z.string(),
  spanID: z.string(),
  operationName: z.string(),
  references: listOf(Reference),
  startTime: z.number(),
  duration: z.number(),
  tags: listOf(Tag),
  logs: listOf(Log),
  processID: z.string().optional(),
});
const Trace = z.object({
  traceID: z.string(),
  /** Each is looked at by itself: a strange one must not hide the others. */
  spans: listOf(z.unknown()),
  processes: z.record(z.string(), z.unknown()).nullish(),
});
const Link = z.object({ parent: z.string(), child: z.string(), callCount: z.number() });

interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly unknown[];
  readonly processes?: Readonly<Record<string, unknown>> | null | undefined;
}

interface JaegerLink {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
}

/** What an answer holds, and what went wrong on the way to it. */
export interface JaegerAnswer<Row> {
  readonly data: readonly Row[];
  readonly errors: readonly unknown[];
}

/** `data` is null where there is nothing; an answer without it is none of theirs. */
const answerOf = <Row>(row: z.ZodType<Row>): z.ZodType<JaegerAnswer<Row>> =>
  z.object({
    data: z
      .array(row)
      .nullable()
      .transform((rows) => rows ?? []),
    errors: listOf(z.unknown()),
  });

export const NamesAnswer: z.ZodType<JaegerAnswer<string>> = answerOf(z.string());

/** Operations with the kinds of their spans; one may stand there for each. */
export const OperationsAnswer: z.ZodType<JaegerAnswer<{ readonly name: string }>> = answerOf(
  z.object({ name: z.string() }),
);

export const TracesAnswer: z.ZodType<JaegerAnswer<JaegerTrace>> = answerOf(Trace);

export const DependenciesAnswer: z.ZodType<JaegerAnswer<JaegerLink>> = answerOf(Link);

type JaegerTag = z.output<typeof Tag>;
type JaegerSpan = z.output<typeof Span>;

/** @param only the trace that was asked for; anything else in the answer is counted and left out */
export function readTraces(
  traces: readonly JaegerTrace[],
  limit: number,
  only?: string,
): TraceRecord[] {
  let room: number = LIMITS.backendSpansMax;
  const read: TraceRecord[] = [];
  for (const { traceID, spans, processes } of traces) {
    const id = readId(traceID, 32);
    if (id === undefined || (only !== undefined && id !== only)) continue;
    const builder = new TraceBuilder(id);
    for (const span of spans) builder.add((bounds) => readSpan(span, processes, bounds), room);
    room -= builder.size;
    read.push(builder.build());
  }
  return newestFirst(read, limit);
}

function readSpan(
  value: unknown,
  processes: JaegerTrace['processes'],
  bounds: Bounds,
): SpanRecord | undefined {
  const parsed = Span.safeParse(value);
  if (!parsed.success) return undefined;
  const { traceID, spanID, operationName, references, startTime, duration, tags, logs } =
    parsed.data;
  const [trace, span] = [readId(traceID, 32), readId(spanID, 16)];
  if (trace === undefined || span === undefined) return undefined;
  const process = processOf(parsed.data, processes);
  const kind = kindOf(tags);
  const parent = references.find(
    (one) => one.refType === 'CHILD_OF' && readId(one.traceID, 32) === trace,
  );
  const parentId = parent === undefined ? undefined : readId(parent.spanID, 16);
  const links = references.filter((one) => one !== parent).flatMap(linkOf);
  return {
    trace,
    span,
    ...(parentId === undefined ? {} : { parent: parentId }),
    service: bounds.name(process?.serviceName ?? ''),
    name: bounds.name(operationName),
    ...(kind === undefined ? {} : { kind }),
    startMs: startTime / 1_000,
    durationMs: duration / 1_000,
    status: statusOf(tags),
    attributes: bounds.attributes(rowsOf(tags.filter(({ key }) => !isOurs(key, tags)))),
    resource: bounds.attributes(rowsOf(process?.tags ?? [])),
    events: inTime(bounds.rows(logs).map((log) => eventOf(log, bounds))),
    ...(links.length === 0 ? {} : { links: bounds.rows(links) }),
  };
}

function processOf(
  { processID }: JaegerSpan,
  processes: JaegerTrace['processes'],
): z.output<typeof Process> | undefined {
  if (processID === undefined || processes == null || !Object.hasOwn(processes, processID))
    return undefined;
  return Process.safeParse(processes[processID]).data;
}

const rowsOf = (tags: readonly JaegerTag[]): (readonly [string, unknown])[] =>
  tags.map(({ key, value }) => [key, value] as const);

function linkOf({ traceID, spanID }: z.output<typeof Reference>): readonly SpanLink[] {
  const [trace, span] = [readId(traceID, 32), readId(spanID, 16)];
  return trace === undefined || span === undefined ? [] : [{ trace, span }];
}

function eventOf({ timestamp, fields }: z.output<typeof Log>, bounds: Bounds): SpanEvent {
  const name = fields.find(({ key }) => key === 'event')?.value;
  const rest = fields.filter(({ key }) => key !== 'event');
  return {
    name: bounds.name(typeof name === 'string' ? name : ''),
    atMs: timestamp / 1_000,
    attributes: bounds.attributes(rowsOf(rest)),
  };
}

const KINDS = ['internal', 'server', 'client', 'producer', 'consumer'] as const;

const kindOf = (tags: readonly JaegerTag[]): SpanRecord['kind'] => {
  const said = tags.find(({ key }) => key === 'span.kind')?.value;
  return KINDS.find((kind) => kind === said);
};

/**
 * Jaeger says `error: true`, and the code of OpenTelemetry where it is set. VictoriaTraces says
 * `unset`, `false` or `true` as text, of which `false` is a span that somebody called well.
 */
function statusOf(tags: readonly JaegerTag[]): SpanRecord['status'] {
  const said = (name: string): unknown => tags.find(({ key }) => key === name)?.value;
  const [error, code] = [said('error'), said('otel.status_code')];
  if (error === true || error === 'true' || code === 'ERROR') return 'error';
  return error === 'false' || code === 'OK' ? 'ok' : 'unset';
}

const ERROR_WORDS: ReadonlySet<unknown> = new Set([true, false, 'true', 'false', 'unset']);

/** Tags that the backend made from fields, which stand in fields again. */
function isOurs(key: string, tags: readonly JaegerTag[]): boolean {
  if (key === 'span.kind') return kindOf(tags) !== undefined;
  if (key === 'error') return ERROR_WORDS.has(tags.find((tag) => tag.key === key)?.value);
  return key === 'otel.status_code';
}
