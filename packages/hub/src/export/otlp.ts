import {
  type HrTime,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { type AttributeValue, assert, type RemoteSpan, type Span } from '@spoor/core';

/** Spans as one OTLP `ExportTraceServiceRequest`, protobuf. */
export function encodeSpans(spans: readonly Span[], version: string): Uint8Array {
  const resource = resourceFromAttributes({ 'service.name': 'spoor', 'service.version': version });
  const bytes = ProtobufTraceSerializer.serializeRequest(
    spans.map((span) => readable(span, resource, version)),
  );
  assert(bytes !== undefined, 'spans can be encoded');
  return bytes;
}

/**
 * How many spans a backend says it did not keep of a request that it took; 0 for an answer that
 * says nothing readable of it.
 */
export function rejectedSpans(answer: Uint8Array): number {
  if (answer.length === 0) return 0;
  try {
    const { partialSuccess } = ProtobufTraceSerializer.deserializeResponse(answer);
    const rejected = Number(partialSuccess?.rejectedSpans ?? 0);
    return Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0;
  } catch {
    return 0;
  }
}

function readable(span: Span, resource: Resource, version: string): ReadableSpan {
  const parent =
    span.parent === undefined ? {} : { parentSpanContext: contextOf(span, span.parent) };
  return {
    name: span.name,
    kind: span.kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => contextOf(span, span.span),
    ...parent,
    startTime: hrTime(span.startMs),
    endTime: hrTime(span.endMs),
    duration: hrTime(span.endMs - span.startMs),
    ended: true,
    // Error messages are content; the code stands in `error.type`.
    status: span.error
      ? { code: SpanStatusCode.ERROR, message: 'failed' }
      : { code: SpanStatusCode.UNSET },
    attributes: span.attributes as Record<
      string,
      Exclude<AttributeValue, readonly string[]> | string[]
    >,
    links: span.link === undefined ? [] : [{ context: remote(span.link) }],
    events: [],
    resource,
    instrumentationScope: { name: 'spoor', version },
    droppedAttributesCount: span.dropped,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

const contextOf = ({ trace }: Span, spanId: string): SpanContext => ({
  traceId: trace,
  spanId,
  traceFlags: TraceFlags.SAMPLED,
});

const remote = ({ trace, span }: RemoteSpan): SpanContext => ({
  traceId: trace,
  spanId: span,
  // Nobody knows whether the peer has kept it.
  traceFlags: TraceFlags.NONE,
  isRemote: true,
});

export const hrTime = (ms: number): HrTime => [
  Math.floor(ms / 1000),
  Math.round((ms % 1000) * 1e6),
];
