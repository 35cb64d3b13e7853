import type { SpanId, TraceId } from './ids.ts';

/**
 * W3C Trace Context, the part that Spoor reads. Flags from a peer are never believed, so they are
 * not kept.
 */
export interface TraceParent {
  readonly trace: TraceId;
  readonly parent: SpanId;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const LENGTH_MAX = 256;

/** Undefined for whatever the recommendation (§3.2) calls invalid. */
export function parseTraceparent(value: unknown): TraceParent | undefined {
  if (typeof value !== 'string' || value.length > LENGTH_MAX) return undefined;
  const [, version, trace, parent, , rest] = TRACEPARENT.exec(value) ?? [];
  if (version === undefined || trace === undefined || parent === undefined) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(trace) || /^0+$/.test(parent)) return undefined;
  return { trace: trace as TraceId, parent: parent as SpanId };
}
