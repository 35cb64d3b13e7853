import {
  type Batch,
  type CaseId,
  type Clock,
  eraOf,
  FAIL_CLOSED,
  type Frame,
  goesOn,
  hasAny,
  type InvalidFrame,
  type JsonRpcId,
  type Masked,
  type MaskPart,
  type Message,
  type Mode,
  type Notification,
  parseMessage,
  passesStopped,
  type Random,
  type Request,
  type Response,
  SENSITIVE_LABELS,
  stopped,
  type UnreadableReason,
} from '@spoor/core';
import type { Boundary } from './boundary.ts';
import { type Exchange, Exchanges } from './calls.ts';
import { denial } from './deny.ts';
import { Elicitation } from './elicitation.ts';
import type { HubPort } from './hubport.ts';
import { maskFrame, prepareMasks, resultMask } from './masking.ts';
import { CALL_METHODS, OBSERVED_METHODS } from './methods.ts';
import { Teller } from './teller.ts';

export interface ConversationOptions {
  readonly hub: HubPort;
  readonly clock: Clock;
  readonly random: Random;
  /** What carries the bytes has them go through it; without one no trace context is believed. */
  readonly boundary?: Boundary;
  /** Speaks to the client unasked, where what carries the bytes can do that. */
  readonly say?: (bytes: Uint8Array) => void;
}

/** Frames that nobody could read, and faults of our own. */
export interface ConversationCounts {
  unreadable: number;
  faults: number;
}

/** Answers of Spoor's own, one line each, to calls that were denied; empty where all may go on. */
export type Denials = readonly Uint8Array[];

/** Nothing goes on, and nothing is said about it: what was said has no answer. */
export const UNANSWERED: Denials = [];

/**
 * What one client and one server say to each other, whatever carries it: pairs messages, asks for
 * decisions, tells the hub. It moves no bytes. A fault of Spoor's own is caught here, counted, and
 * follows the fail setting.
 */
export class Conversation {
  readonly counts: ConversationCounts = { unreadable: 0, faults: 0 };
  readonly #hub: HubPort;
  readonly #teller: Teller;
  /** Requests of the client, and of the server. */
  readonly #asked = new Exchanges();
  readonly #askedBack = new Exchanges();
  /** Calls that wait for a person. */
  readonly #waiting = new Set<Exchange>();
  readonly #work = new Set<Promise<void>>();
  readonly #elicitation: Elicitation;

  constructor(options: ConversationOptions) {
    this.#hub = options.hub;
    this.#teller = new Teller(options);
    this.#elicitation = new Elicitation({ random: options.random, say: options.say });
  }

  /** Is there a result that would have to wait? */
  get holds(): boolean {
    return this.#asked.holds;
  }

  /** Undefined once it is known which mode holds. */
  get ready(): Promise<void> | undefined {
    return this.#hub.ready;
  }

  get mode(): Mode {
    return this.#hub.mode;
  }

  /** Is all stopped that is said here? */
  get stopped(): boolean {
    return this.#hub.stopped !== undefined;
  }

  read(frame: Frame): Message | InvalidFrame {
    try {
      return parseMessage(frame);
    } catch {
      this.counts.faults += 1;
      return { kind: 'invalid', reason: 'invalid-json' };
    }
  }

  unreadable(reason: UnreadableReason): void {
    this.counts.unreadable += 1;
    this.track(this.#teller.unreadable(reason));
  }

  /**
   * The client asks. Undefined where the request may go on at once; else it waits for what this
   * resolves with. Never rejects. `onAsk` is called where a person is asked, which takes long.
   */
  asks(
    request: Request,
    frame: Frame,
    scope = '',
    onAsk?: () => void,
  ): Promise<Denials> | undefined {
    const { method } = request;
    const stop = this.#hub.stopped;
    // A call is refused by the hub, which writes it down; of all else it hears nothing anyway.
    if (stop !== undefined && !CALL_METHODS.has(method) && !passesStopped(method))
      return Promise.resolve([refusedByStop(request, stop)]);
    if (!OBSERVED_METHODS.has(method) && method !== 'initialize') return undefined;
    const exchange = this.#asked.add(request, frame.bytes.length, scope);
    if (!CALL_METHODS.has(method)) {
      if (method === 'initialize') this.#elicitation.handshake(request);
      else this.#passes(exchange, frame);
      return undefined;
    }
    if (this.#goesOn(exchange, frame)) return undefined;
    return this.#gate([exchange], frame, onAsk);
  }

  /** One denied call denies its batch: parts cannot be taken out without changing the rest. */
  asksBatch(
    batch: Batch,
    frame: Frame,
    scope = '',
    onAsk?: () => void,
  ): Promise<Denials> | undefined {
    const exchanges = batch.messages
      .filter((message) => message.kind === 'request')
      .filter(({ method }) => OBSERVED_METHODS.has(method))
      .map((request) => this.#asked.add(request, frame.bytes.length, scope));
    const isCall = ({ request }: Exchange): boolean => CALL_METHODS.has(request.method);
    for (const exchange of exchanges) if (!isCall(exchange)) this.#passes(exchange, frame);
    const calls = exchanges.filter(isCall);
    const stop = this.#hub.stopped;
    if (stop !== undefined && !batch.messages.every(goesOnStopped)) {
      const requests = batch.messages.filter((message) => message.kind === 'request');
      const refused = requests.map((request) => refusedByStop(request, stop));
      return Promise.resolve(refused.length === 0 ? UNANSWERED : refused);
    }
    return calls.length === 0 ? undefined : this.#gate(calls, frame, onAsk);
  }

  /** Does this message of the client stay behind, unanswered, since all is stopped? */
  isStopped(message: Response | Notification): boolean {
    return this.#hub.stopped !== undefined && !goesOnStopped(message);
  }

  /** What a server asks of its client goes no further either: the answer to it. */
  refusal(request: Request): Uint8Array | undefined {
    const stop = this.#hub.stopped;
    if (stop === undefined || passesStopped(request.method)) return undefined;
    return refusedByStop(request, stop);
  }

  /** The client notifies. */
  notifies({ method, params }: Notification, scope = ''): void {
    if (method !== 'notifications/cancelled') return;
    const id = params.requestId;
    if (typeof id === 'string' || typeof id === 'number') this.cancelled(id, scope);
  }

  /** The client takes a request back. */
  cancelled(id: JsonRpcId, scope = ''): void {
    const exchange = this.#asked.take(id, scope);
    if (exchange === undefined) return;
    exchange.takenBack = true;
    this.track(this.#withdraw(exchange));
  }

  /** The client is gone: nobody is left to read what calls return that wait for a person. */
  async left(): Promise<void> {
    await Promise.all([...this.#waiting].map((exchange) => this.track(this.#withdraw(exchange))));
  }

  #withdraw(exchange: Exchange): Promise<void> {
    return this.#teller.gaveUp(exchange, 'cancelled', 'cancelled');
  }

  /** Does the client answer a question of ours? That is not for the server. */
  elicited(response: Response): boolean {
    return this.#elicitation.answered(response);
  }

  /** The client answers what the server asked. */
  answers(response: Response, frame: Frame): void {
    const exchange = this.#askedBack.take(response.id);
    if (exchange !== undefined) void this.#ended(exchange, response, frame);
  }

  /** The server asks. */
  asksBack(request: Request, frame: Frame): void {
    if (!OBSERVED_METHODS.has(request.method)) return;
    this.#passes(this.#askedBack.add(request, frame.bytes.length), frame);
  }

  #passes(exchange: Exchange, frame: Frame): void {
    this.track(this.#teller.passes(exchange, frame, this.#asked.containing));
  }

  /** Must this response wait until `responds` has resolved? */
  isHeld(
    message: Pick<Response, 'kind' | 'id'> | Message | InvalidFrame | undefined,
    scope = '',
  ): boolean {
    if (message?.kind === 'batch')
      return message.messages.some((one) => one.kind === 'response' && this.isHeld(one, scope));
    if (message?.kind !== 'response') return false;
    return this.#asked.find(message.id, scope)?.hold === true;
  }

  /** The server answers. Resolves when the hub knows; never rejects. */
  responds(response: Response, frame: Frame, scope = ''): Promise<Answered | undefined> {
    const exchange = this.#asked.take(response.id, scope);
    if (exchange === undefined) return Promise.resolve(undefined);
    if (exchange.request.method !== 'initialize') return this.#ended(exchange, response, frame);
    this.#teller.handshake(response);
    return Promise.resolve(undefined);
  }

  /** No answer will come to this request. */
  unanswered(id: JsonRpcId, errorType: string, scope = ''): void {
    const exchange = this.#asked.take(id, scope);
    if (exchange !== undefined)
      this.track(this.#teller.gaveUp(exchange, 'protocol_error', errorType));
  }

  /** No answer will come to anything. */
  ended(errorType: string): void {
    for (const exchange of [...this.#asked.takeAll(), ...this.#askedBack.takeAll()])
      this.track(this.#teller.gaveUp(exchange, 'protocol_error', errorType));
  }

  /** Resolves when nothing is being done any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#work);
  }

  /** Work beside the data path; its faults are counted and go no further. */
  track(work: Promise<unknown>): Promise<void> {
    const tracked = work
      .then(() => undefined)
      .catch(() => {
        this.counts.faults += 1;
      })
      .finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
    return tracked;
  }

  /**
   * While observing nothing is denied, so a call waits only where it must be on disk first, or
   * where nothing is known of its tool yet.
   */
  #goesOn(exchange: Exchange, frame: Frame): boolean {
    const known = this.#teller.known(exchange.request);
    if (known === undefined || hasAny(known.labels, SENSITIVE_LABELS)) return false;
    exchange.labels = known.labels;
    if (known.hold) this.#asked.holdResult(exchange);
    // The call first, then what is said of it.
    queueMicrotask(() => this.track(this.#teller.began(exchange, frame, this.#asked)));
    return true;
  }

  #gate(
    exchanges: readonly Exchange[],
    frame: Frame,
    onAsk: (() => void) | undefined,
  ): Promise<Denials> {
    const decided = this.#decideAll(exchanges, frame, onAsk);
    void this.track(decided);
    return decided;
  }

  async #decideAll(
    exchanges: readonly Exchange[],
    frame: Frame,
    onAsk: (() => void) | undefined,
  ): Promise<Denials> {
    const answers: Uint8Array[] = [];
    try {
      const { ready } = this.#teller;
      if (ready !== undefined) await ready;
      for (const exchange of exchanges) {
        const answer = await this.#decide(exchange, frame, onAsk);
        if (answer !== undefined) answers.push(answer);
      }
    } catch {
      this.counts.faults += 1;
      if (this.#hub.mode === 'enforce') answers.push(...exchanges.map(deniedByFault));
    }
    if (answers.length > 0)
      for (const { request, scope } of exchanges) this.#asked.take(request.id, scope);
    return answers;
  }

  /** The answer of a denied call, or undefined where it may go on. */
  async #decide(
    exchange: Exchange,
    frame: Frame,
    onAsk: (() => void) | undefined,
  ): Promise<Uint8Array | undefined> {
    let takeBack: (() => void) | undefined;
    const { decision, hold, labels } = await this.#teller
      .begin(exchange, frame, this.#asked, (offer) => {
        if (offer !== undefined) takeBack = this.#elicitation.ask(offer);
        this.#waiting.add(exchange);
        if (exchange.takenBack === true) this.track(this.#withdraw(exchange));
        onAsk?.();
      })
      .finally(() => {
        this.#waiting.delete(exchange);
        takeBack?.();
      });
    exchange.labels = labels;
    if (!goesOn(decision)) {
      return denial(exchange.request, decision, eraOf(exchange.request));
    }
    if (decision.mask !== undefined) {
      exchange.mask = decision.mask;
      await prepareMasks();
    }
    if (hold || decision.mask?.result !== undefined) this.#asked.holdResult(exchange);
    return undefined;
  }

  /**
   * What goes on of a client's frame that may go on. What cannot be masked for sure is denied.
   *
   * @param bytes As they would go on otherwise.
   */
  masked(
    message: Request | Batch,
    bytes: Uint8Array,
    scope = '',
  ): { readonly bytes: Uint8Array } | { readonly answers: Denials } {
    const all = message.kind === 'batch' ? message.messages : [message];
    const exchanges = all.map((one) =>
      one.kind === 'request' ? this.#asked.find(one.id, scope) : undefined,
    );
    const parts = exchanges.map((exchange) => exchange?.mask?.arguments);
    if (parts.every((part) => part === undefined)) return { bytes };
    const masked = maskFrame(bytes, message, 'arguments', parts);
    const own = exchanges.filter((exchange) => exchange !== undefined);
    if (masked === undefined) {
      for (const { request } of own) this.#asked.take(request.id, scope);
      return { answers: own.map(deniedByFault) };
    }
    for (const exchange of own) noteMasked(exchange, { arguments: masked.count });
    return { bytes: masked.bytes };
  }

  /** Denies what was let go on and did not. */
  undo(message: Request | Batch, scope = ''): Denials {
    const all = message.kind === 'batch' ? message.messages : [message];
    const own = all.flatMap((one) =>
      one.kind === 'request' ? (this.#asked.take(one.id, scope) ?? []) : [],
    );
    for (const exchange of own)
      this.track(this.#teller.gaveUp(exchange, 'protocol_error', 'unmaskable'));
    return own.map(deniedByFault);
  }

  /** Is there a result under way of which something is masked? */
  get masks(): boolean {
    return this.#asked.masks;
  }

  /**
   * The server says something that cannot be read while some of a result is to be masked: nobody
   * knows whether it is that result. The answers to all such calls.
   */
  unreadableResult(): Denials {
    const exchanges = this.#asked.takeMasked();
    for (const exchange of exchanges)
      this.track(this.#teller.gaveUp(exchange, 'protocol_error', 'unreadable'));
    return exchanges.map(deniedByFault);
  }

  #ended(exchange: Exchange, response: Response, frame: Frame): Promise<Answered> {
    const { mask } = exchange;
    const part = mask?.result;
    const known = part && maskFrame(frame.bytes, response, 'result', [part]);
    if (known !== undefined) noteMasked(exchange, { result: known.count });
    const told = this.#teller.ended(exchange, response, frame, this.#asked);
    void this.track(told);
    // A mask of which nobody has told is none; one that is known holds without a hub, too.
    const over = told.then(
      (ended) => resultMask(mask, ended?.decision),
      () => part,
    );
    return over.then(async (result) => {
      if (result !== undefined) await prepareMasks();
      return { request: exchange.request, mask: result };
    });
  }
}

/** A response that may go on now, in part. */
export interface Answered {
  readonly request: Request;
  readonly mask: MaskPart | undefined;
}

/** What goes on of a server's frame: its bytes, or fixed answers where they cannot be masked. */
export function answerMasked(
  bytes: Uint8Array,
  message: Response | Batch,
  answered: readonly (Answered | undefined)[],
): Uint8Array {
  const parts = answered.map((one) => one?.mask);
  const masked = maskFrame(bytes, message, 'result', parts);
  if (masked !== undefined) return masked.bytes;
  const denied = answered.filter((one) => one?.mask !== undefined) as readonly Answered[];
  const lines = denied.map(({ request }) => denial(request, FAIL_CLOSED, eraOf(request)));
  return Buffer.concat(lines);
}

function noteMasked(exchange: Exchange, masked: Masked): void {
  const { sensed } = exchange;
  if (sensed !== undefined)
    exchange.sensed = { ...sensed, masked: { ...sensed.masked, ...masked } };
}

const refusedByStop = (request: Request, stop: CaseId | true): Uint8Array =>
  denial(request, stopped(stop === true ? undefined : stop, 'sensor'), eraOf(request));

const goesOnStopped = (message: Request | Notification | Response): boolean =>
  message.kind !== 'response' && passesStopped(message.method);

const deniedByFault = ({ request }: Exchange): Uint8Array =>
  denial(request, FAIL_CLOSED, eraOf(request));
