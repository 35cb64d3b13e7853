import {
  type BaggageRule,
  type CarrierEdit,
  editCarrier,
  filterBaggage,
  formatTraceparent,
  type InvalidFrame,
  type Message,
  metaOf,
  newSpanId,
  newTraceId,
  parseTraceparent,
  type Random,
  type ReceivedContext,
  type Refusal,
  type Request,
  receiveContext,
  type Sensed,
  type TraceParent,
  type TrustPolicy,
} from '@spoor/core';
import { OBSERVED_METHODS } from './methods.ts';

/** What a client and a server are trusted with. */
export interface Trust {
  readonly client: TrustPolicy;
  readonly server: TrustPolicy;
}

/** Of a request that came by: what is believed of its context, and what the other side got. */
export type Crossing = Pick<Sensed, 'traceparent' | 'link' | 'given' | 'sampledHint'>;

/**
 * The trust boundary between one client and one server: what of trace context, baggage and identity
 * goes on from one to the other. Bytes that hold none of it come back as the same buffer.
 */
export class Boundary {
  /** By reason, over both directions. */
  readonly refused: Partial<Record<Refusal, number>> = {};
  readonly #trust: Trust;
  readonly #random: Random;
  readonly #crossings = new WeakMap<Request, Crossing>();

  constructor(trust: Trust, random: Random) {
    this.#trust = trust;
    this.#random = random;
  }

  /** Undefined for a request that never came by. */
  crossingOf(request: Request): Crossing | undefined {
    return this.#crossings.get(request);
  }

  /** What goes on to the server of a client's frame; `message` is what was read of it. */
  toServer(bytes: Uint8Array, message: Message | InvalidFrame): Uint8Array {
    const { client, server } = this.#trust;
    if (!mayCarry(bytes)) return bytes;
    const requests = requestsOf(message);
    const goesOn = client.receive.context === 'continue' && server.send.context === 'continue';
    const gives = !goesOn && server.send.context !== 'drop' && requests.some(isObserved);
    const given = gives ? this.#fresh() : undefined;
    for (const request of requests) this.#cross(request, client, given);
    const text = given === undefined ? null : formatTraceparent(given, true);
    return editCarrier(bytes, {
      ...contextEdit(goesOn, text),
      ...restEdit(client.receive.baggage, server.send.baggage),
    });
  }

  /** What goes on to the client of a server's frame. No id of ours is ever in it. */
  toClient(bytes: Uint8Array): Uint8Array {
    const { client, server } = this.#trust;
    if (!mayCarry(bytes)) return bytes;
    const goesOn = server.receive.context === 'continue' && client.send.context === 'continue';
    return editCarrier(bytes, {
      ...contextEdit(goesOn, null),
      ...restEdit(server.receive.baggage, client.send.baggage),
    });
  }

  /** What a server's request is worth, as it came. */
  fromServer(request: Request): void {
    this.#cross(request, this.#trust.server, undefined);
  }

  #cross(request: Request, policy: TrustPolicy, given: TraceParent | undefined): void {
    const received = receiveContext(metaOf(request.params), policy);
    for (const reason of received.refused) this.refused[reason] = (this.refused[reason] ?? 0) + 1;
    const tells = given !== undefined && isObserved(request) && hasContext(request);
    this.#crossings.set(request, { ...believed(received), ...(tells ? { given } : {}) });
  }

  #fresh(): TraceParent {
    return { trace: newTraceId(this.#random), parent: newSpanId(this.#random) };
  }
}

function believed(received: ReceivedContext): Crossing {
  if (received.kind === 'none') return {};
  const { kind, remote } = received;
  if (kind === 'restart-link') return { link: remote };
  const { sampledHint } = received;
  return { traceparent: remote, ...(sampledHint === undefined ? {} : { sampledHint }) };
}

/** Fresh ids are given only where they can be mapped: to what becomes an observation. */
const isObserved = ({ method }: Request): boolean => OBSERVED_METHODS.has(method);
const hasContext = ({ params }: Request): boolean =>
  parseTraceparent(metaOf(params).traceparent) !== undefined;

function requestsOf(message: Message | InvalidFrame): readonly Request[] {
  if (message.kind === 'request') return [message];
  if (message.kind !== 'batch') return [];
  return message.messages.filter((one) => one.kind === 'request');
}

/** @param text Stands in place of each valid `traceparent`; null takes it out. */
function contextEdit(goesOn: boolean, text: string | null): CarrierEdit {
  if (goesOn) return {};
  return {
    traceparent: (value) => (parseTraceparent(value) === undefined ? null : text),
    tracestate: null,
  };
}

/** A proof of identity is meant for the hop on which it came. */
const restEdit = (...rules: readonly (readonly BaggageRule[])[]): CarrierEdit => ({
  baggage: (value) => {
    const passed = rules.reduce<unknown>((rest, one) => filterBaggage(rest, one).value, value);
    if (passed === value) return undefined;
    return typeof passed === 'string' ? passed : null;
  },
  'dev.spoor/identity': null,
});

/**
 * No key stands in a frame that holds none of these: what is spelled otherwise is spelled with an
 * escape. Searched by Node, which is quicker than reading along.
 */
const SIGNS = ['traceparent', 'tracestate', 'baggage', 'dev.spoor', '\\u00'].map((sign) =>
  Buffer.from(sign),
);

function mayCarry(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return SIGNS.some((sign) => buffer.includes(sign));
}
