import { LIMITS } from '@spoor/core';
import { z } from 'zod';
import type { TraceRecord } from '../../reader.ts';
import { Show } from '../../shown/show.ts';
import { hiddenText, quoted, SAID, saidOf, TRACE_ID, WHERE } from '../fields.ts';
import { type Tool, tool } from '../tool.ts';
import { traceOf } from './trace.ts';
import { rounded, summed } from './traces.ts';

const side = z.object({ spans: z.number(), ms: z.number(), errors: z.number() });
const row = z.object({
  service: z.string(),
  name: z.string(),
  a: side,
  b: side,
  more_ms: z.number().describe('Milliseconds more in b than in a'),
});

interface Sums {
  spans: number;
  ms: number;
  errors: number;
}

const NONE: Sums = { spans: 0, ms: 0, errors: 0 };

export const compareTraces: Tool = tool({
  name: 'compare_traces',
  title: 'Compare two traces',
  description:
    'What differs between two traces, by service and span name: number of spans, time spent and errors. The largest difference in time comes first.',
  permission: 'traces',
  input: z.object({
    trace_a: TRACE_ID.describe('Trace ID'),
    trace_b: TRACE_ID.describe('Trace ID of the other'),
    ...WHERE,
  }),
  output: z.object({
    a: z.object({ trace_id: z.string(), duration_ms: z.number(), spans: z.number() }),
    b: z.object({ trace_id: z.string(), duration_ms: z.number(), spans: z.number() }),
    rows: z.array(row),
    left_out: z.number().describe('Rows with smaller differences'),
    ...SAID,
  }),
  run: async ({ trace_a, trace_b, ...where }, call) => {
    const [a, b] = await Promise.all([
      traceOf({ trace_id: trace_a, ...where }, call),
      traceOf({ trace_id: trace_b, ...where }, call),
    ]);
    const show = new Show(call.masker, [a.trace, b.trace]);
    const all = compared(a, b);
    const rows = all.slice(0, LIMITS.queryTracesMax).map((one) => ({
      ...one,
      service: show.name(one.service),
      name: show.name(one.name),
    }));
    const [first, second] = [a, b].map((one) => {
      const { trace_id, duration_ms, spans } = summed(one, show);
      return { trace_id, duration_ms, spans };
    });
    const ends = { a: first ?? EMPTY, b: second ?? EMPTY };
    const head = (['a', 'b'] as const).map(
      (key) =>
        `${key} ${ends[key].trace_id}: ${ends[key].spans} spans, ${ends[key].duration_ms} ms`,
    );
    const lines = rows.map(
      (one) =>
        `${one.more_ms > 0 ? '+' : ''}${one.more_ms}ms ${quoted(one.service)} ${quoted(one.name)} ` +
        `spans ${one.a.spans}->${one.b.spans} errors ${one.a.errors}->${one.b.errors}`,
    );
    return {
      text: [...head, ...lines].join('\n') + hiddenText(show.counts),
      data: { ...ends, rows, left_out: all.length - rows.length, ...saidOf(show.counts) },
    };
  },
});

const EMPTY = { trace_id: '', duration_ms: 0, spans: 0 };

type Compared = z.infer<typeof row>;

function compared(a: TraceRecord, b: TraceRecord): readonly Compared[] {
  const [left, right] = [sumsOf(a), sumsOf(b)];
  const keys = new Set([...left.keys(), ...right.keys()]);
  return [...keys]
    .map((key): Compared => {
      const [service = '', name = ''] = JSON.parse(key) as readonly string[];
      const one = left.get(key) ?? NONE;
      const other = right.get(key) ?? NONE;
      return { service, name, a: round(one), b: round(other), more_ms: rounded(other.ms - one.ms) };
    })
    .sort((x, y) => Math.abs(y.more_ms) - Math.abs(x.more_ms));
}

const round = (sums: Sums): Sums => ({ ...sums, ms: rounded(sums.ms) });

function sumsOf({ spans }: TraceRecord): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const { service, name, durationMs, status } of spans) {
    const key = JSON.stringify([service, name]);
    const at = sums.get(key) ?? { ...NONE };
    at.spans += 1;
    at.ms += durationMs;
    at.errors += status === 'error' ? 1 : 0;
    sums.set(key, at);
  }
  return sums;
}
