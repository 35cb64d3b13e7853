import type { SpanRecord, TraceQuery } from '../reader.ts';

/** Tags that stand for a span's fields: Jaeger's words, which people know. */
const FIELD_TAGS: ReadonlySet<string> = new Set(['error', 'span.kind']);

export const asksForFields = (tags: TraceQuery['tags']): boolean =>
  Object.keys(tags).some((key) => FIELD_TAGS.has(key));

export const withoutFields = (tags: TraceQuery['tags']): TraceQuery['tags'] =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !FIELD_TAGS.has(key)));

/** Whether a span has the name and the fields that are asked for; other tags are not looked at. */
export const hasFields =
  ({ service, operation, tags }: TraceQuery) =>
  (span: SpanRecord): boolean =>
    span.service === service &&
    (operation === undefined || span.name === operation) &&
    Object.entries(tags).every(([key, value]) => !FIELD_TAGS.has(key) || hasTag(span, key, value));

/** One span for all that is asked. */
export function matches(query: TraceQuery): (span: SpanRecord) => boolean {
  const { minDurationMs = 0, maxDurationMs = Number.MAX_SAFE_INTEGER, startMs, endMs } = query;
  const named = hasFields(query);
  return (span) =>
    named(span) &&
    span.startMs >= startMs &&
    span.startMs <= endMs &&
    span.durationMs >= minDurationMs &&
    span.durationMs <= maxDurationMs &&
    Object.entries(query.tags).every(([key, value]) => hasTag(span, key, value));
}

function hasTag({ attributes, status, kind }: SpanRecord, key: string, value: string): boolean {
  if (key === 'error') return (status === 'error') === (value === 'true');
  if (key === 'span.kind') return kind === value;
  const held = attributes.find((one) => one.key === key)?.value;
  return Array.isArray(held) ? held.map(String).includes(value) : String(held) === value;
}
