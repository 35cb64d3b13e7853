import {
  type BaggageRule,
  DROP_ALL,
  filterBaggage,
  formatOwnBaggage,
  KEEP_ALL,
  type OwnBaggage,
} from './baggage.ts';
import { newSpanId, newTraceId, type SpanId, type TraceId } from './ids.ts';
import type { Refusal } from './observation.ts';
import type { Random } from './ports.ts';
import type { Sensed } from './sensed.ts';
import {
  formatTraceparent,
  parseTraceparent,
  sampledFlag,
  type TraceParent,
  validTracestate,
} from './tracecontext.ts';

/**
 * The trust boundary: what is believed of a peer's trace context and baggage, and what a peer gets
 * of ours.
 *
 * `continue`: one trace on both sides. `restart-link`: a new trace begins here; inwards the peer's
 * is linked, outwards the peer gets an opaque pair of ids that only we can map. `drop`: nothing.
 */
export const CONTEXT_POLICIES = ['continue', 'restart-link', 'drop'] as const;
export type ContextPolicy = (typeof CONTEXT_POLICIES)[number];

/** Of one peer. */
export interface TrustPolicy {
  readonly receive: {
    readonly context: ContextPolicy;
    /** May the `sampled` flag of a context that goes on be a hint? It is never more. */
    readonly sampledHint: boolean;
    readonly baggage: readonly BaggageRule[];
  };
  readonly send: {
    readonly context: ContextPolicy;
    readonly baggage: readonly BaggageRule[];
    /** May the peer have our session, service and keyed user hash? */
    readonly ownBaggage: boolean;
    /** May the peer have proofs of who calls? They were made for the hop before it. */
    readonly identity?: boolean;
  };
}

export const TRUSTED: TrustPolicy = {
  receive: { context: 'continue', sampledHint: true, baggage: KEEP_ALL },
  send: { context: 'continue', baggage: KEEP_ALL, ownBaggage: true },
};

/** Holds for every peer that nobody named. */
export const UNTRUSTED: TrustPolicy = {
  receive: { context: 'restart-link', sampledHint: false, baggage: DROP_ALL },
  send: { context: 'restart-link', baggage: DROP_ALL, ownBaggage: false },
};

/** Names come from outside, so `constructor` must not find anything. */
export function trustOf(peers: Readonly<Record<string, TrustPolicy>>, name: string): TrustPolicy {
  return (Object.hasOwn(peers, name) ? peers[name] : undefined) ?? UNTRUSTED;
}

/**
 * `_meta` of a message, or HTTP headers in lower case as Node has them: one that came twice is
 * joined by a comma, which makes a `traceparent` invalid.
 */
export interface Carrier {
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
  readonly baggage?: unknown;
}

/** `remote` is the peer's span: the parent of ours, or only linked. */
export type Received = ReceivedContext & {
  /** Members that the rules kept. */
  readonly baggage?: string;
  /** What was there and did not pass. */
  readonly refused: readonly Refusal[];
};

export type ReceivedContext =
  | { readonly kind: 'none' }
  | { readonly kind: 'restart-link'; readonly remote: TraceParent }
  | {
      readonly kind: 'continue';
      readonly remote: TraceParent;
      readonly tracestate?: string;
      /** Only of a peer that is trusted for it. */
      readonly sampledHint?: boolean;
    };

/** What a peer's carrier is worth under its policy. */
export function receiveContext(carrier: Carrier, { receive }: TrustPolicy): Received {
  const refused: Refusal[] = [];
  const baggage = receiveBaggage(carrier.baggage, receive.baggage, refused);
  return {
    ...receivedContext(carrier, receive, refused),
    ...(baggage === undefined ? {} : { baggage }),
    refused,
  };
}

function receivedContext(
  carrier: Carrier,
  { context, sampledHint }: TrustPolicy['receive'],
  refused: Refusal[],
): ReceivedContext {
  const { traceparent, tracestate } = carrier;
  const remote = parseTraceparent(traceparent);
  if (traceparent !== undefined && remote === undefined) refused.push('traceparent-invalid');
  const goesOn = remote !== undefined && context === 'continue';
  const state = goesOn ? validTracestate(tracestate) : undefined;
  if (tracestate !== undefined && state === undefined) {
    refused.push(goesOn ? 'tracestate-invalid' : 'tracestate-dropped');
  }
  if (remote === undefined) return { kind: 'none' };
  if (context === 'restart-link') return { kind: 'restart-link', remote };
  if (context === 'drop') {
    refused.push('traceparent-dropped');
    return { kind: 'none' };
  }
  return {
    kind: 'continue',
    remote,
    ...(state === undefined ? {} : { tracestate: state }),
    ...(sampledHint ? { sampledHint: sampledFlag(String(traceparent)) } : {}),
  };
}

function receiveBaggage(
  value: unknown,
  rules: readonly BaggageRule[],
  refused: Refusal[],
): string | undefined {
  const found = filterBaggage(value, rules);
  if (found.oversized) refused.push('baggage-oversized');
  if (found.refused > 0) refused.push('baggage-invalid');
  if (found.dropped > 0) refused.push('baggage-dropped');
  return found.value;
}

/** What the trust boundary let through of a request's trace context, and what went on instead. */
export type Crossing = Pick<Sensed, 'traceparent' | 'link' | 'given' | 'sampledHint' | 'refused'>;

/** What is believed of what was received. */
export function crossed(received: Received): Crossing {
  const refused = received.refused.length === 0 ? {} : { refused: received.refused };
  if (received.kind === 'none') return refused;
  if (received.kind === 'restart-link') return { link: received.remote, ...refused };
  const { remote, sampledHint } = received;
  const hint = sampledHint === undefined ? {} : { sampledHint };
  return { traceparent: remote, ...hint, ...refused };
}

/** Where a message stands in our own trace. */
export interface CurrentContext {
  readonly trace: TraceId;
  readonly span: SpanId;
  /** What a peer shall think; true where nothing is known, since every call is recorded. */
  readonly sampled?: boolean;
  readonly tracestate?: string;
  /** What passed when it came in. */
  readonly baggage?: string;
  readonly own?: OwnBaggage;
}

export interface SentContext {
  /** Members that are not here must not be in the message either. */
  readonly carrier: {
    readonly traceparent?: string;
    readonly tracestate?: string;
    readonly baggage?: string;
  };
  /** The opaque ids of a restart: whoever keeps them can map what comes back. */
  readonly given?: TraceParent;
}

/** What a peer gets of our context under its policy. */
export function sendContext(
  current: CurrentContext,
  { send }: TrustPolicy,
  random: Random,
): SentContext {
  const sampled = current.sampled ?? true;
  const baggage = sentBaggage(current, send);
  const rest = baggage === undefined ? {} : { baggage };
  if (send.context === 'drop') return { carrier: rest };
  if (send.context === 'restart-link') {
    const given = { trace: newTraceId(random), parent: newSpanId(random) };
    return { carrier: { traceparent: formatTraceparent(given, sampled), ...rest }, given };
  }
  const state = validTracestate(current.tracestate);
  const traceparent = formatTraceparent({ trace: current.trace, parent: current.span }, sampled);
  return {
    carrier: { traceparent, ...(state === undefined ? {} : { tracestate: state }), ...rest },
  };
}

function sentBaggage(current: CurrentContext, send: TrustPolicy['send']): string | undefined {
  const passed = filterBaggage(current.baggage, send.baggage).value;
  const own = send.ownBaggage ? formatOwnBaggage(current.own ?? {}) : undefined;
  const both = [own, passed].filter((part) => part !== undefined).join(',');
  return both === '' ? undefined : both;
}
