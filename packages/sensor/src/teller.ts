import {
  type Clock,
  type Frame,
  type IdentityEvidence,
  isObject,
  type Outcome,
  type Random,
  type Request,
  type Response,
  type UnreadableReason,
} from '@spoor/core';
import type { Begun, Ended, Sensed } from '@spoor/edge/wire';
import type { Boundary } from './boundary.ts';
import type { Exchange, Exchanges } from './calls.ts';
import type { Offer } from './elicitation.ts';
import { type HubPort, type Known, knownTarget } from './hubport.ts';

type Sense = typeof import('@spoor/detect/sense');
type ContentMatcher = ReturnType<Sense['contentMatcher']>;

export interface TellerOptions {
  readonly hub: HubPort;
  readonly clock: Clock;
  readonly random: Random;
  /** Without one, nothing is believed of anybody's trace context. */
  readonly boundary?: Boundary;
}

/** Tells the hub what the relay sees: turns messages into facts, seals them, and sends both. */
export class Teller {
  readonly #options: TellerOptions;
  /** Loaded with the first message that needs it, so that a wrapper starts without it. */
  #sense: Sense | undefined;
  #content: { readonly asked: HubPort['asked']; readonly matcher: ContentMatcher } | undefined;
  /** As the handshake agreed on it. */
  #protocolVersion: string | undefined;
  readonly #descriptions = new Map<string, string>();

  constructor(options: TellerOptions) {
    this.#options = options;
  }

  /** Awaited before anything is decided or told; undefined when there is nothing to wait for. */
  get ready(): Promise<void> | undefined {
    if (this.#options.hub.ready === undefined && this.#sense !== undefined) return undefined;
    return this.#prepare();
  }

  /** What is known of a call's target, where nothing can be denied. */
  known(request: Request): Known | undefined {
    const { hub } = this.#options;
    if (this.ready !== undefined || hub.enforces) return undefined;
    return hub.known(knownTarget(request, hub.keys));
  }

  /** Asks for a decision. */
  begin(
    exchange: Exchange,
    frame: Frame,
    exchanges: Exchanges,
    onAsk: (offer?: Offer) => void,
  ): Promise<Begun> {
    const { hub } = this.#options;
    const sensed = this.#asked(exchange, exchanges);
    const sealed = hub.seal(sensed.id, 'request', frame.bytes);
    return hub.begin(sensed, sealed, onAsk, this.#evidence(exchange));
  }

  /** Tells of a call that has gone on already. */
  began(exchange: Exchange, frame: Frame, exchanges: Exchanges): Promise<void> {
    const { hub } = this.#options;
    const sensed = this.#asked(exchange, exchanges);
    const sealed = hub.seal(sensed.id, 'request', frame.bytes);
    return hub.tell('begin', sensed, sealed, exchange.labels, this.#evidence(exchange));
  }

  /**
   * Tells of what goes on whatever is said of it: lists, and what a server asks of its client.
   *
   * @param cause Of what a server asks.
   */
  async passes(exchange: Exchange, frame: Frame, cause: Sensed['cause']): Promise<void> {
    const { ready } = this;
    if (ready !== undefined) await ready;
    const { hub } = this.#options;
    const sensed = this.#ungated(exchange, cause);
    exchange.sensed = sensed;
    // As an end that is pending: nothing is asked, and nothing can be denied.
    const sealed = hub.seal(sensed.id, 'request', frame.bytes);
    await hub.tell('end', sensed, sealed, exchange.labels, this.#evidence(exchange));
  }

  /** Resolves when the hub has the result, where the result waits for that. */
  async ended(
    exchange: Exchange,
    response: Response,
    frame: Frame,
    exchanges: Exchanges,
  ): Promise<Ended | undefined> {
    const cause = exchanges.containing;
    // Without a need to wait, facts leave in the order in which the messages came.
    const { ready } = this;
    if (ready !== undefined) await ready;
    const { hub } = this.#options;
    const begun = exchange.sensed ?? this.#ungated(exchange, cause);
    const end = this.#senses.senseResponse(begun, response, frame.bytes.length, this.#context());
    const part =
      end.kind === 'tool.list' ? 'definitions' : response.error === undefined ? 'result' : 'error';
    const sealed = hub.seal(end.id, part, frame.bytes);
    const told = exchange.hold
      ? hub.end(end, sealed, exchange.labels)
      : hub.tell('end', end, sealed, exchange.labels);
    if (end.outcome === 'input_required') {
      exchanges.legEnded(exchange, response);
      await this.#inputsRequested(begun, response);
    }
    return (await told) ?? undefined;
  }

  /** The call has no response: its client took it back, or its server is gone. */
  async gaveUp(exchange: Exchange, outcome: Outcome, errorType: string): Promise<void> {
    const { hub, clock } = this.#options;
    if (exchange.sensed === undefined) return;
    const end: Sensed = { ...exchange.sensed, endMs: clock.nowMs(), outcome, errorType };
    await hub.end(end, [], exchange.labels);
  }

  async unreadable(reason: UnreadableReason): Promise<void> {
    await this.#prepare();
    const { hub, clock, random } = this.#options;
    await hub.end(this.#senses.senseUnreadable(reason, clock.nowMs(), random), [], []);
  }

  handshake({ result }: Response): void {
    const version = isObject(result) ? result.protocolVersion : undefined;
    if (typeof version === 'string') this.#protocolVersion = version;
  }

  async #prepare(): Promise<void> {
    await this.#options.hub.ready;
    this.#sense ??= await import('@spoor/detect/sense');
  }

  get #senses(): Sense {
    if (this.#sense === undefined) throw new Error('Impossible: told before ready');
    return this.#sense;
  }

  #asked(exchange: Exchange, exchanges: Exchanges): Sensed {
    const fresh = this.#request(exchange, this.#senses.NO_CAUSE);
    const earlier = exchanges.earlierLeg(exchange.request);
    const sensed: Sensed =
      earlier === undefined
        ? fresh
        : { ...fresh, id: earlier.id, cause: { ...earlier.cause, evidence: 'input' } };
    exchange.sensed = sensed;
    return sensed;
  }

  #evidence({ request }: Exchange): IdentityEvidence | undefined {
    return this.#options.boundary?.evidenceOf(request);
  }

  /** Lists, and what a server asks of its client: observed as a whole when answered. */
  #ungated(exchange: Exchange, containing: Sensed['cause']): Sensed {
    const { method } = exchange.request;
    const fromServer = method === 'sampling/createMessage' || method === 'elicitation/create';
    return this.#request(exchange, fromServer ? containing : this.#senses.NO_CAUSE);
  }

  #request(
    { request, bytes }: Pick<Exchange, 'request' | 'bytes'>,
    cause: Sensed['cause'],
  ): Sensed {
    const kind = this.#senses.kindOf(request.method) ?? 'system';
    const crossing = this.#options.boundary?.crossingOf(request);
    return this.#senses.senseRequest(request, kind, bytes, cause, {
      ...this.#context(),
      ...(crossing === undefined ? {} : { crossing }),
    });
  }

  /** In the modern era a server asks for sampling and elicitation inside a result. */
  async #inputsRequested(call: Sensed, response: Response): Promise<void> {
    const { hub } = this.#options;
    const asked = this.#senses.senseInputRequests(call, response, this.#context());
    for (const { sensed, bytes } of asked)
      await hub.tell('end', sensed, hub.seal(sensed.id, 'request', bytes), []);
  }

  get #matcher(): ContentMatcher {
    const { asked } = this.#options.hub;
    if (this.#content === undefined || this.#content.asked !== asked)
      this.#content = { asked, matcher: this.#senses.contentMatcher(asked) };
    return this.#content.matcher;
  }

  #context(): Parameters<Sense['senseRequest']>[4] {
    const { hub, random, clock } = this.#options;
    const version = this.#protocolVersion;
    return {
      keys: hub.keys,
      project: hub.project,
      content: this.#matcher,
      descriptions: this.#descriptions,
      random,
      nowMs: clock.nowMs(),
      ...(version === undefined ? {} : { protocolVersion: version }),
    };
  }
}
