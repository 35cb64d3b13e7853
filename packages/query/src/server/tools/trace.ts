import { CodedError, LIMITS } from '@spoor/core';
import { z } from 'zod';
import type { SpanRecord, TraceRecord } from '../../reader.ts';
import { Show } from '../../shown/show.ts';
import { askFor } from '../ask.ts';
import {
  attributesText,
  eventsOf,
  type ShownAttributes,
  shownOf,
  tellingOf,
} from '../attributes.ts';
import type { Where } from '../deployment.ts';
import {
  CURSOR,
  hiddenText,
  PAGE,
  quoted,
  SAID,
  saidOf,
  TRACE_ID,
  WHERE,
  wholeTraceId,
} from '../fields.ts';
import { pageOf } from '../page.ts';
import { type Answer, type Call, type Tool, tool } from '../tool.ts';
import { type TreeRow, treeOf } from '../tree.ts';
import { rounded, summed } from './traces.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const attributes = z.record(z.string(), z.union([scalar, z.array(scalar)]));

const row = z.object({
  id: z.string(),
  depth: z.number().describe('Spans above it: each stands after its parent'),
  at_ms: z.number().describe('After the start of the trace'),
  ms: z.number().describe('Duration'),
  service: z.number().describe('Index into `services`'),
  name: z.string(),
  kind: z.string().optional(),
  error: z.literal(true).optional(),
  attributes: attributes.optional(),
  events: z.array(z.object({ name: z.string(), at_ms: z.number(), attributes })).optional(),
});

const output = z.object({
  trace_id: z.string(),
  start_ms: z.number().describe('Unix milliseconds'),
  duration_ms: z.number(),
  errors: z.number(),
  services: z.array(z.string()),
  resources: z
    .array(z.object({ service: z.number(), attributes }))
    .optional()
    .describe('Of one span of each service'),
  spans: z.array(row),
  dropped: z.number().describe('Spans beyond what is read of one trace'),
  ...PAGE,
  ...SAID,
});

type Row = z.infer<typeof row>;

export const trace: Tool = tool({
  name: 'trace',
  title: 'Trace information',
  description:
    'The spans of one trace as a compact tree. With `detail: full` all attributes and events of each span, which the owner must have allowed.',
  permission: 'traces',
  input: z.object({
    trace_id: TRACE_ID.describe('Trace ID, in hexadecimal digits'),
    detail: z.enum(['compact', 'full']).default('compact'),
    ...WHERE,
    ...CURSOR,
  }),
  output,
  run: async (args, call) => {
    const isFull = args.detail === 'full';
    if (isFull && !call.caller.permissions.has('content'))
      throw new CodedError('QUERY_FORBIDDEN', 'content');
    return told(await traceOf(args, call), args.cursor, isFull, call);
  },
});

/** Throws NOT_FOUND where the backend knows no such trace. */
export async function traceOf(
  args: Where & { readonly trace_id: string },
  call: Call,
): Promise<TraceRecord> {
  const { reader, ask } = askFor('trace', args, call);
  const found = await reader.trace(wholeTraceId(args.trace_id), ask);
  if (found === undefined || found.spans.length === 0) throw new CodedError('NOT_FOUND', 'trace');
  return found;
}

function told(
  found: TraceRecord,
  cursor: string | undefined,
  isFull: boolean,
  call: Call,
): Answer<z.infer<typeof output>> {
  const show = new Show(call.masker, [found.trace]);
  show.counts.cut += found.cut ?? 0;
  const { trace_id, start_ms, duration_ms, errors } = summed(found, show);
  const { rows, ...page } = pageOf(treeOf(found.spans), cursor, LIMITS.querySpansMax);
  const services = [...new Set(found.spans.map(({ service }) => service))];
  const rowOf = isFull ? fullRow : compactRow;
  const spans = rows.map((one) => rowOf(one, start_ms, services, show));
  const names = services.map((service) => show.name(service));
  const resources = isFull ? resourcesOf(found.spans, services, show) : undefined;
  const head =
    `trace ${trace_id}: ${page.total + found.dropped} spans, ${errors} errors, ` +
    `${duration_ms} ms from ${new Date(start_ms).toISOString()}`;
  const more = page.cursor === undefined ? [] : [`more spans with cursor ${page.cursor}`];
  const text = [
    head,
    ...names.map((name, index) => `s${index} ${quoted(name)}`),
    ...(resources ?? []).map((one) => `s${one.service}${attributesText(one.attributes)}`),
    ...spans.flatMap(lines),
    ...more,
  ].join('\n');
  return {
    text: text + hiddenText(show.counts),
    data: {
      trace_id,
      start_ms,
      duration_ms,
      errors,
      services: names,
      ...(resources === undefined ? {} : { resources }),
      spans,
      dropped: found.dropped,
      ...page,
      ...saidOf(show.counts),
    },
  };
}

function compactRow(
  { span, depth }: TreeRow,
  startMs: number,
  services: readonly string[],
  show: Show,
): Row {
  const { kind } = span;
  const telling = tellingOf(span.attributes, show);
  return {
    id: span.span,
    depth,
    at_ms: rounded(span.startMs - startMs),
    ms: rounded(span.durationMs),
    service: services.indexOf(span.service),
    name: show.name(span.name),
    ...(kind === undefined || kind === 'internal' ? {} : { kind }),
    ...(span.status === 'error' ? { error: true } : {}),
    ...(telling === undefined ? {} : { attributes: telling }),
  };
}

function fullRow(row: TreeRow, startMs: number, services: readonly string[], show: Show): Row {
  const { span } = row;
  return {
    ...compactRow(row, startMs, services, show),
    attributes: shownOf(span.attributes, show, LIMITS.shownValueCharsMax),
    ...(span.events.length === 0 ? {} : { events: eventsOf(span.events, show) }),
  };
}

/** What all spans of a service have in common is said once. */
const resourcesOf = (
  spans: readonly SpanRecord[],
  services: readonly string[],
  show: Show,
): { service: number; attributes: ShownAttributes }[] =>
  services.map((name, service) => ({
    service,
    attributes: shownOf(
      spans.find((one) => one.service === name)?.resource ?? [],
      show,
      LIMITS.shownValueCharsMax,
    ),
  }));

/** Deeper trees are not set in further. */
const INDENT_MAX = 40;

function lines({ depth, at_ms, ms, service, name, ...rest }: Row): readonly string[] {
  const { kind = '', error, attributes: shown = {}, events = [] } = rest;
  const indent = ' '.repeat(Math.min(depth, INDENT_MAX));
  const marks = `${kind === '' ? '' : ` ${kind}`}${error === true ? ' ERROR' : ''}`;
  return [
    `${indent}+${at_ms} ${ms}ms s${service} ${quoted(name)}${marks}${attributesText(shown)}`,
    ...events.map(
      (event) => `${indent} event ${quoted(event.name)}${attributesText(event.attributes)}`,
    ),
  ];
}
