import { LIMITS } from '@spoor/core';
import { z } from 'zod';
import type { TraceQuery, TraceRecord } from '../../reader.ts';
import { Show } from '../../shown/show.ts';
import { askFor } from '../ask.ts';
import { DURATION, durationMs } from '../duration.ts';
import { hiddenText, OPERATION, quoted, SAID, SERVICE, saidOf, UNIX_MS, WHERE } from '../fields.ts';
import { type Tool, tool } from '../tool.ts';
import { windowOf } from '../window.ts';

const LIMIT = 20;

const input = z.object({
  service: SERVICE.describe('Service name'),
  operation: OPERATION.optional().describe('Span name (operation)'),
  start: UNIX_MS.optional().describe('Start in unix milliseconds; default one hour before the end'),
  end: UNIX_MS.optional().describe('End in unix milliseconds; default now'),
  minDuration: z
    .union([z.string().regex(DURATION), z.literal('')])
    .optional()
    .describe('Minimum duration with unit: ns, us, ms, s, m or h'),
  maxDuration: z
    .union([z.string().regex(DURATION), z.literal('')])
    .optional()
    .describe('Maximum duration likewise'),
  limit: z
    .int()
    .min(0)
    .max(LIMITS.queryTracesMax)
    .default(LIMIT)
    .describe(`Traces at most, default ${LIMIT}`),
  tags: z
    .record(OPERATION.min(1), OPERATION)
    .refine((tags) => Object.keys(tags).length <= LIMITS.queryTagsMax, 'fewer tags')
    .optional()
    .describe('Attributes that a span must have, with their values'),
  ...WHERE,
});

const row = z.object({
  trace_id: z.string(),
  root: z.object({ service: z.string(), name: z.string() }),
  start_ms: z.number(),
  duration_ms: z.number(),
  spans: z.number(),
  errors: z.number(),
  services: z.array(z.string()),
  incomplete: z.boolean().describe('More spans belong to it than were read'),
});

export const traces: Tool = tool({
  name: 'traces',
  title: 'Query traces',
  description:
    'Finds traces of a service and sums each up in one row, newest first. Use `trace` for the spans of one.',
  permission: 'traces',
  input,
  output: z.object({
    traces: z.array(row),
    more: z.boolean().describe('The limit was reached: ask for a shorter time to see others'),
    ...SAID,
  }),
  run: async (args, call) => {
    const { reader, ask } = askFor('traces', args, call);
    const query = queryOf(args, call.nowMs);
    const found = await reader.traces(query, ask);
    const kept = found.filter(({ spans }) => spans.length > 0).slice(0, query.limit);
    const show = new Show(
      call.masker,
      kept.map(({ trace }) => trace),
    );
    const rows = kept.map((one) => summed(one, show)).sort((a, b) => b.start_ms - a.start_ms);
    const more = found.length >= query.limit;
    const lines = rows.map(
      ({ trace_id, root, start_ms, duration_ms, spans, errors }) =>
        `${trace_id} ${new Date(start_ms).toISOString()} ${duration_ms}ms ${spans} spans` +
        `${errors > 0 ? ` ${errors} errors` : ''} ${quoted(root.service)} ${quoted(root.name)}`,
    );
    const head = `${rows.length} traces${more ? '; the limit was reached, there may be more' : ''}`;
    return {
      text: [head, ...lines].join('\n') + hiddenText(show.counts),
      data: { traces: rows, more, ...saidOf(show.counts) },
    };
  },
});

function queryOf(args: z.infer<typeof input>, nowMs: number): TraceQuery {
  const { service, operation = '', minDuration = '', maxDuration = '', tags = {}, limit } = args;
  return {
    service,
    tags,
    ...windowOf(args.start, args.end, nowMs),
    // As in the other server, none is the usual number.
    limit: limit === 0 ? LIMIT : limit,
    ...(operation === '' ? {} : { operation }),
    ...(minDuration === '' ? {} : { minDurationMs: durationMs(minDuration) }),
    ...(maxDuration === '' ? {} : { maxDurationMs: durationMs(maxDuration) }),
  };
}

interface TraceSum {
  readonly trace_id: string;
  readonly root: { readonly service: string; readonly name: string };
  readonly start_ms: number;
  readonly duration_ms: number;
  readonly spans: number;
  readonly errors: number;
  readonly services: string[];
  readonly incomplete: boolean;
}

/** One trace in one row. */
export function summed({ trace, spans, dropped }: TraceRecord, show: Show): TraceSum {
  const known = new Set(spans.map(({ span }) => span));
  const first = spans.reduce((a, b) => (b.startMs < a.startMs ? b : a));
  const root = spans.find(({ parent }) => parent === undefined || !known.has(parent)) ?? first;
  const startMs = first.startMs;
  const endMs = spans.reduce((at, one) => Math.max(at, one.startMs + one.durationMs), startMs);
  return {
    trace_id: trace,
    root: { service: show.name(root.service), name: show.name(root.name) },
    start_ms: rounded(startMs),
    duration_ms: rounded(endMs - startMs),
    spans: spans.length + dropped,
    errors: spans.filter(({ status }) => status === 'error').length,
    services: [...new Set(spans.map(({ service }) => service))]
      .slice(0, LIMITS.shownItemsMax)
      .map((service) => show.name(service)),
    incomplete: dropped > 0,
  };
}

/** Microseconds are enough. */
export const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000;
