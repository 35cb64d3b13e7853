import type { SpanId, TraceId } from './ids.ts';
import { LIMITS } from './limits.ts';

/** W3C Trace Context: the ids, which may be believed, apart from the flag, which mostly is not. */
export interface TraceParent {
  readonly trace: TraceId;
  readonly parent: SpanId;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Undefined for whatever the recommendation (§3.2) calls invalid. */
export function parseTraceparent(value: unknown): TraceParent | undefined {
  if (typeof value !== 'string' || value.length > LIMITS.traceparentCharsMax) return undefined;
  const [, version, trace, parent, , rest] = TRACEPARENT.exec(value) ?? [];
  if (version === undefined || trace === undefined || parent === undefined) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(trace) || /^0+$/.test(parent)) return undefined;
  return { trace: trace as TraceId, parent: parent as SpanId };
}

/** The `sampled` flag of a valid `traceparent`; every version has it in the same place (§4). */
export function sampledFlag(traceparent: string): boolean {
  const flags = TRACEPARENT.exec(traceparent)?.[4];
  return flags !== undefined && (Number.parseInt(flags, 16) & 1) === 1;
}

export const formatTraceparent = ({ trace, parent }: TraceParent, sampled: boolean): string =>
  `00-${trace}-${parent}-${sampled ? '01' : '00'}`;

/** §3.3.2.1, with what level 2 allows: a key may begin with a digit. */
const KEY = '[a-z0-9][a-z0-9_*/@-]{0,255}';
const VALUE = '[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]';
const MEMBER = new RegExp(`^${KEY}=${VALUE}$`);

/**
 * A `tracestate` as it came, if it is valid and within the limits; undefined otherwise. A key that
 * comes twice makes it invalid.
 */
export function validTracestate(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > LIMITS.tracestateCharsMax) return undefined;
  const members = value
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  if (members.length === 0 || members.length > LIMITS.tracestateMembersMax) return undefined;
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))));
  return keys.size === members.length && members.every((one) => MEMBER.test(one))
    ? value
    : undefined;
}

/** Trace context of tracers that have their own form of it, in headers and in `_meta`. */
const FOREIGN: ReadonlySet<string> = new Set([
  '_dd_trace_context',
  'b3',
  'elastic-apm-traceparent',
  'newrelic',
  'sentry-trace',
  'traceresponse',
  'uber-trace-id',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
]);
const FOREIGN_PREFIXES: readonly string[] = ['ot-tracer-', 'x-b3-', 'x-datadog-'];
const FOREIGN_BAGGAGE: readonly string[] = ['jaeger-baggage', 'ot-baggage-', 'uberctx-'];

/** Nothing of it is ever believed; it goes on only where a context is continued. */
export function isForeignContext(key: string): boolean {
  const name = key.toLowerCase();
  return FOREIGN.has(name) || FOREIGN_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** Baggage to which no rule applies, so it never goes on. */
export function isForeignBaggage(key: string): boolean {
  const name = key.toLowerCase();
  return FOREIGN_BAGGAGE.some((prefix) => name.startsWith(prefix));
}
