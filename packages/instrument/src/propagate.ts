import {
  type Context,
  createTraceState,
  propagation,
  type SpanContext,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import {
  type CallId,
  type Cause,
  isObject,
  type JsonObject,
  LIMITS,
  metaOf,
  type Random,
  type Received,
  receiveContext,
  type SpanId,
  sendContext,
  type TraceId,
  type TraceParent,
  type TrustPolicy,
} from '@spoor/core';

/**
 * Trace context and baggage in `_meta`, under the trust policy of the peer. The policy is core's;
 * here it meets OpenTelemetry's API.
 */

/** Reserved in `_meta` for these, without a prefix. */
const KEYS = ['traceparent', 'tracestate', 'baggage'] as const;

/** What a peer got instead of our ids, and what these stand for. */
export interface Given {
  readonly span: SpanContext | undefined;
  readonly call: CallId;
  readonly cause: Cause;
  /** Method and id of the request that carried it: who receives that very one is its other end. */
  readonly request: string;
}

/** Opaque trace ids that were given out, so that what comes back under them can be placed. */
export class GivenIds {
  readonly #given = new Map<string, Given>();

  add(traceId: string, given: Given): void {
    const [oldest] = this.#given.keys();
    if (this.#given.size >= LIMITS.pendingRequestsMax && oldest !== undefined) {
      this.#given.delete(oldest);
    }
    this.#given.set(traceId, given);
  }

  /** The call has ended: nothing can come back within it. */
  remove(traceId: string): void {
    this.#given.delete(traceId);
  }

  find(traceId: string | undefined): Given | undefined {
    return traceId === undefined ? undefined : this.#given.get(traceId);
  }
}

/** The request as it goes out: a copy, with the context that the peer may have and no other. */
export function injected(
  message: JsonObject,
  ctx: Context,
  policy: TrustPolicy,
  random: Random,
  given: (ids: TraceParent) => void,
): JsonObject {
  const current = currentOf(ctx);
  const { carrier, given: ids } =
    current === undefined && policy.send.context === 'continue'
      ? { carrier: {}, given: undefined }
      : sendContext(current ?? NOWHERE, policy, random);
  if (ids !== undefined) given(ids);
  const params = strippedParams(isObject(message.params) ? message.params : {});
  return { ...message, params: { ...params, _meta: { ...metaOf(params), ...carrier } } };
}

const NOWHERE = { trace: '' as TraceId, span: '' as SpanId } as const;

function currentOf(ctx: Context): Parameters<typeof sendContext>[0] | undefined {
  const span = trace.getSpanContext(ctx);
  if (span === undefined || !trace.isSpanContextValid(span)) return undefined;
  const tracestate = span.traceState?.serialize();
  const baggage = baggageOf(ctx);
  return {
    trace: span.traceId as TraceId,
    span: span.spanId as SpanId,
    sampled: (span.traceFlags & TraceFlags.SAMPLED) !== 0,
    ...(tracestate === undefined ? {} : { tracestate }),
    ...(baggage === undefined ? {} : { baggage }),
  };
}

function baggageOf(ctx: Context): string | undefined {
  const entries = propagation.getBaggage(ctx)?.getAllEntries() ?? [];
  if (entries.length === 0) return undefined;
  return entries.map(([key, { value }]) => `${key}=${encodeURIComponent(value)}`).join(',');
}

/**
 * The same message where it carries no context; else a copy without. For what goes to a peer that
 * may not have ours: results, notifications, errors. A server's requests of the modern era stand in
 * a result, their answers in the next leg; nobody says how error data is built.
 */
export function stripped(message: JsonObject): JsonObject {
  const { params, result, error } = message;
  if (isObject(params)) return withPart(message, 'params', strippedParams(params));
  if (isObject(result)) {
    const own = withoutContext(result);
    const asked = own.inputRequests;
    const clean = isObject(asked)
      ? withPart(own, 'inputRequests', eachOf(asked, strippedAsk))
      : own;
    return withPart(message, 'result', clean);
  }
  if (!isObject(error) || !isObject(error.data)) return message;
  const data = withoutKeys(withoutContext(error.data));
  return withPart(message, 'error', withPart(error, 'data', data));
}

function strippedParams(params: JsonObject): JsonObject {
  const own = withoutContext(params);
  const answers = own.inputResponses;
  return isObject(answers) ? withPart(own, 'inputResponses', eachOf(answers, withoutContext)) : own;
}

const strippedAsk = (ask: JsonObject): JsonObject =>
  isObject(ask.params) ? withPart(ask, 'params', withoutContext(ask.params)) : ask;

/** The object itself where nothing is different. */
const withPart = (whole: JsonObject, name: string, part: JsonObject): JsonObject =>
  whole[name] === part ? whole : { ...whole, [name]: part };

function eachOf(members: JsonObject, change: (member: JsonObject) => JsonObject): JsonObject {
  let changed = members;
  for (const [name, member] of Object.entries(members)) {
    if (isObject(member)) changed = withPart(changed, name, change(member));
  }
  return changed;
}

function withoutContext(container: JsonObject): JsonObject {
  const meta = container._meta;
  return isObject(meta) ? withPart(container, '_meta', withoutKeys(meta)) : container;
}

function withoutKeys(carrier: JsonObject): JsonObject {
  if (!KEYS.some((key) => key in carrier)) return carrier;
  const { traceparent: _, tracestate: __, baggage: ___, ...rest } = carrier;
  return rest;
}

export interface Extracted {
  /** What the server span's parent stands in. */
  readonly parent: Context;
  /** Spans that are related and no parents: of a peer that is not believed, of the HTTP request. */
  readonly links: readonly SpanContext[];
  readonly received: Received;
  /** Where the peer answers under an id that we gave out. */
  readonly given?: Given;
}

/** @param ambient What was active when the message came: an HTTP request's span, mostly. */
export function extracted(
  message: JsonObject,
  ambient: Context,
  options: {
    readonly policy: TrustPolicy;
    readonly adopt: boolean;
    readonly find: (traceId: string | undefined) => Given | undefined;
  },
): Extracted {
  const meta = metaOf(message.params);
  const { policy, adopt, find } = options;
  const received = receiveContext(meta, policy);
  const given = find(received.kind === 'none' ? undefined : received.remote.trace);
  const around = trace.getSpanContext(ambient);
  const believed = received.kind === 'continue' ? remoteOf(received) : undefined;
  const parent = parentOf(ambient, believed, adopt);
  const links = [
    ...(received.kind === 'restart-link' && given === undefined ? [remoteOf(received)] : []),
    ...(given?.span === undefined ? [] : [given.span]),
    ...(around === undefined || trace.getSpanContext(parent) === around ? [] : [around]),
  ];
  return {
    parent: withBaggage(parent, received.baggage),
    links,
    received,
    ...(given === undefined ? {} : { given }),
  };
}

/** Without a parent that is believed, a trace begins here, unless the ambient one is to go on. */
function parentOf(ambient: Context, believed: SpanContext | undefined, adopt: boolean): Context {
  if (believed !== undefined) return trace.setSpanContext(ambient, believed);
  return adopt ? ambient : trace.deleteSpan(ambient);
}

function remoteOf(received: Exclude<Received, { readonly kind: 'none' }>): SpanContext {
  const hint = received.kind === 'continue' ? received.sampledHint : undefined;
  return {
    traceId: received.remote.trace,
    spanId: received.remote.parent,
    isRemote: true,
    ...(received.kind === 'continue' && received.tracestate !== undefined
      ? { traceState: createTraceState(received.tracestate) }
      : {}),
    // Where the flag is not believed, every call is worth recording.
    traceFlags: hint === false ? TraceFlags.NONE : TraceFlags.SAMPLED,
  };
}

function withBaggage(ctx: Context, text: string | undefined): Context {
  if (text === undefined) return ctx;
  const entries = text.split(',').map((member) => {
    const [pair = ''] = member.split(';');
    const at = pair.indexOf('=');
    return [pair.slice(0, at).trim(), { value: decoded(pair.slice(at + 1).trim()) }] as const;
  });
  return propagation.setBaggage(ctx, propagation.createBaggage(Object.fromEntries(entries)));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The key by which OpenTelemetry's SDK keeps instrumentations silent. Within it an HTTP client
 * makes no span of its own and puts no ids of ours into headers.
 */
const SUPPRESSED = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

export const silent = (ctx: Context): Context => ctx.setValue(SUPPRESSED, true);

/** Messages of a stream arrive in the context of whatever request opened it. */
export const audible = (ctx: Context): Context =>
  ctx.getValue(SUPPRESSED) === undefined ? ctx : ctx.deleteValue(SUPPRESSED);
