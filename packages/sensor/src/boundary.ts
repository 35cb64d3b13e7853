import {
  type BaggageRule,
  type Carrier,
  type CarrierEdit,
  type ClaimedSubject,
  type Crossing,
  crossed,
  editCarrier,
  type Frame,
  filterBaggage,
  formatTraceparent,
  IDENTITY_META_KEY,
  type IdentityEvidence,
  type InvalidFrame,
  isForeignBaggage,
  isForeignContext,
  type Message,
  metaOf,
  newSpanId,
  newTraceId,
  parseTraceparent,
  type Random,
  type Request,
  receiveContext,
  type TraceParent,
  type TrustPolicy,
  validTracestate,
} from '@spoor/core';
import { evidenceOf } from '@spoor/edge/evidence';
import type { Attester } from './attester.ts';
import { OBSERVED_METHODS } from './methods.ts';

/** What a client and a server are trusted with. */
export interface Trust {
  readonly client: TrustPolicy;
  readonly server: TrustPolicy;
}

/**
 * The trust boundary between one client and one server: what of trace context, baggage and identity
 * goes on from one to the other. Bytes that hold none of it come back as the same buffer.
 */
export class Boundary {
  readonly #trust: Trust;
  readonly #random: Random;
  readonly #attester: Attester | undefined;
  /** Of the server. */
  readonly #askedBack = new WeakSet<Request>();
  readonly #crossings = new WeakMap<Request, Crossing>();
  readonly #bearers = new WeakMap<Request, string>();
  readonly #claims = new WeakMap<Request, ClaimedSubject>();
  /** Of the client, with something in them that may be evidence: a server's says nothing of it. */
  readonly #carriers = new WeakSet<Request>();

  /** @param attester Speaks for a client that brings no evidence itself. */
  constructor(trust: Trust, random: Random, attester?: Attester) {
    this.#trust = trust;
    this.#random = random;
    this.#attester = attester;
  }

  /**
   * Of a request that carries no context itself, what its transport carries beside it. Ids of ours
   * are given there too.
   */
  beside(request: Request, carrier: Carrier): void {
    const { traceparent, tracestate, baggage } = carrier;
    // Mostly nothing is there.
    if (traceparent === undefined && tracestate === undefined && baggage === undefined) return;
    if (parseTraceparent(metaOf(request.params).traceparent) !== undefined) return;
    const { client } = this.#trust;
    const tells = this.#gives && OBSERVED_METHODS.has(request.method);
    const given = tells && parseTraceparent(traceparent) ? this.#fresh() : undefined;
    const { refused = [], ...received } = crossed(receiveContext(carrier, client));
    const all = new Set([...(this.#crossings.get(request)?.refused ?? []), ...refused]);
    this.#crossings.set(request, {
      ...received,
      ...(given === undefined ? {} : { given }),
      ...(all.size === 0 ? {} : { refused: [...all] }),
    });
  }

  /** Of a request that came with a token for us, which stays behind as well. */
  bearing(request: Request, token: string): void {
    this.#bearers.set(request, token);
  }

  /** Of a request that came with a token for the server, which nobody here has checked. */
  claiming(request: Request, claimed: ClaimedSubject): void {
    this.#claims.set(request, claimed);
  }

  /** What a client's request brings of who asks. It is for the hub, and stays behind here. */
  evidenceOf(request: Request): IdentityEvidence | undefined {
    const found = this.#foundWith(request);
    const claimed = this.#claims.get(request);
    return claimed === undefined ? found : { ...found, claimed };
  }

  #foundWith(request: Request): IdentityEvidence | undefined {
    const bearer = this.#bearers.get(request);
    const own = this.#carriers.has(request) ? evidenceOf(request, bearer) : undefined;
    if (own !== undefined) return own;
    if (bearer !== undefined) return { bearer };
    return this.#askedBack.has(request) ? undefined : this.#attester?.(request);
  }

  /** Does the client's context go on to the server? */
  get #goesOn(): boolean {
    const { client, server } = this.#trust;
    return client.receive.context === 'continue' && server.send.context === 'continue';
  }

  /** Does the server get fresh ids in place of the client's? */
  get #gives(): boolean {
    return !this.#goesOn && this.#trust.server.send.context !== 'drop';
  }

  /** May bytes of the server's frames change on their way to the client? */
  get changesAnswers(): boolean {
    const { client, server } = this.#trust;
    const goesOn = server.receive.context === 'continue' && client.send.context === 'continue';
    return !goesOn;
  }

  /** Undefined for a request that never came by. */
  crossingOf(request: Request): Crossing | undefined {
    return this.#crossings.get(request);
  }

  /** What goes on to the server of a client's frame; `message` is what was read of it. */
  toServer(frame: Frame, message: Message | InvalidFrame | undefined): Uint8Array {
    const { client, server } = this.#trust;
    if (!mayCarry(frame)) return frame.bytes;
    const requests = requestsOf(message);
    const goesOn = this.#goesOn;
    const given = this.#gives && requests.some(takesIds) ? this.#fresh() : undefined;
    for (const request of requests) {
      this.#carriers.add(request);
      this.#cross(request, client, given);
    }
    const text = given === undefined ? null : formatTraceparent(given, true);
    return edited(frame, goesOn, {
      ...(goesOn ? valid(!hasOrphan(message)) : restarted(text)),
      ...restEdit(client.receive.baggage, server.send.baggage),
      ...(server.send.identity === true ? {} : NO_IDENTITY),
    });
  }

  /** What goes on to the client of a server's frame. No id of ours is ever in it. */
  toClient(frame: Frame): Uint8Array {
    const { client, server } = this.#trust;
    if (!mayCarry(frame)) return frame.bytes;
    const goesOn = server.receive.context === 'continue' && client.send.context === 'continue';
    return edited(frame, goesOn, {
      ...(goesOn ? valid(true) : restarted(null)),
      ...restEdit(server.receive.baggage, client.send.baggage),
      ...NO_IDENTITY,
    });
  }

  /** What a server's request is worth, as it came. */
  fromServer(request: Request): void {
    this.#askedBack.add(request);
    this.#cross(request, this.#trust.server, undefined);
  }

  #cross(request: Request, policy: TrustPolicy, given: TraceParent | undefined): void {
    const received = receiveContext(metaOf(request.params), policy);
    const tells = given !== undefined && takesIds(request);
    this.#crossings.set(request, { ...crossed(received), ...(tells ? { given } : {}) });
  }

  #fresh(): TraceParent {
    return { trace: newTraceId(this.#random), parent: newSpanId(this.#random) };
  }
}

const edited = ({ bytes }: Frame, goesOn: boolean, edit: CarrierEdit): Uint8Array =>
  editCarrier(bytes, edit, (key) => isForeignBaggage(key) || (!goesOn && isForeignContext(key)));

/** Fresh ids are given only where they can be mapped: to what becomes an observation. */
const takesIds = ({ method, params }: Request): boolean =>
  OBSERVED_METHODS.has(method) && parseTraceparent(metaOf(params).traceparent) !== undefined;

function requestsOf(message: Message | InvalidFrame | undefined): readonly Request[] {
  if (message?.kind === 'request') return [message];
  if (message?.kind !== 'batch') return [];
  return message.messages.filter((one) => one.kind === 'request');
}

/** Is there a `tracestate` without the `traceparent` to which it would belong? */
function hasOrphan(message: Message | InvalidFrame | undefined): boolean {
  if (message?.kind === 'batch') return message.messages.some(hasOrphan);
  if (message?.kind !== 'request' && message?.kind !== 'notification') return false;
  const { traceparent, tracestate } = metaOf(message.params);
  return tracestate !== undefined && parseTraceparent(traceparent) === undefined;
}

/** What is valid goes on as it came. */
const valid = (withState: boolean): CarrierEdit => ({
  traceparent: (value) => (parseTraceparent(value) === undefined ? null : undefined),
  tracestate: (value) => (withState && validTracestate(value) !== undefined ? undefined : null),
});

/** @param text Stands in place of each valid `traceparent`; null takes it out. */
const restarted = (text: string | null): CarrierEdit => ({
  traceparent: (value) => (parseTraceparent(value) === undefined ? null : text),
  tracestate: null,
});

/** A proof of identity is meant for the hop on which it came. */
const NO_IDENTITY: CarrierEdit = { [IDENTITY_META_KEY]: null };

const restEdit = (...rules: readonly (readonly BaggageRule[])[]): CarrierEdit => ({
  baggage: (value) => {
    const passed = rules.reduce<unknown>((rest, one) => filterBaggage(rest, one).value, value);
    if (passed === value) return undefined;
    return typeof passed === 'string' ? passed : null;
  },
});

/**
 * No carrier stands in a frame without one of these, and no key in a carrier without one of those:
 * what is spelled otherwise is spelled with an escape. The first is the quicker one by far.
 */
const PLACES = /"_meta"|"error"|\\u00/;
const KEYS = /["_-]trace|baggage|uberctx-|dev\.spoor|\\u00|"b3"|x-b3-|x-datadog-|newrelic/i;

function mayCarry({ kind, bytes }: Frame): boolean {
  // A line that is too long streams by without being read.
  if (kind === 'part') return false;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return PLACES.test(text) && KEYS.test(text);
}
