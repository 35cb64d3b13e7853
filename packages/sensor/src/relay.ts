import {
  type Batch,
  type Clock,
  eraOf,
  type Frame,
  FrameSplitter,
  hasAny,
  type InvalidFrame,
  isBlank,
  type Message,
  type Notification,
  parseMessage,
  type Random,
  type Request,
  type Response,
  SENSITIVE_LABELS,
  type UnreadableReason,
} from '@spoor/core';
import { type Exchange, Exchanges } from './calls.ts';
import { denial, unreadableAnswer } from './deny.ts';
import type { HubPort } from './hubport.ts';
import { Lane, type Slot } from './lane.ts';
import { CALL_METHODS, OBSERVED_METHODS } from './methods.ts';
import { Teller } from './teller.ts';

export interface RelayOptions {
  readonly toServer: (bytes: Uint8Array) => void;
  readonly toClient: (bytes: Uint8Array) => void;
  readonly hub: HubPort;
  readonly clock: Clock;
  readonly random: Random;
}

/** Of one connection: frames that nobody could read, and faults of our own. */
export interface RelayCounts {
  unreadable: number;
  faults: number;
}

/**
 * The data path: bytes go on as they came, in both directions, but for what a decision holds,
 * answers or takes out. A fault of Spoor's own is caught here, counted, and follows the fail
 * setting.
 */
export class Relay {
  readonly counts: RelayCounts = { unreadable: 0, faults: 0 };
  readonly #hub: HubPort;
  readonly #teller: Teller;
  readonly #toServer: Lane;
  readonly #toClient: Lane;
  readonly #clientSplitter = new FrameSplitter();
  readonly #serverSplitter = new FrameSplitter();
  /** Requests of the client, and of the server. */
  readonly #asked = new Exchanges();
  readonly #askedBack = new Exchanges();
  readonly #work = new Set<Promise<void>>();
  #oversized = false;

  constructor(options: RelayOptions) {
    this.#hub = options.hub;
    this.#teller = new Teller(options);
    this.#toServer = new Lane(options.toServer);
    this.#toClient = new Lane(options.toClient);
  }

  fromClient(chunk: Uint8Array): void {
    for (const frame of this.#clientSplitter.push(chunk)) this.#clientFrame(frame);
  }

  fromServer(chunk: Uint8Array): void {
    for (const frame of this.#serverSplitter.push(chunk)) this.#serverFrame(frame);
  }

  /** The client says no more; resolves when all of it has gone on. */
  async clientEnded(): Promise<void> {
    const tail = this.#clientSplitter.end();
    if (tail !== undefined) this.#clientFrame(tail);
    await this.#toServer.idle();
  }

  /**
   * The server is gone; resolves when its last bytes are passed on and its open calls are told to
   * the hub.
   */
  async serverEnded(): Promise<void> {
    const tail = this.#serverSplitter.end();
    if (tail !== undefined) this.#serverFrame(tail);
    for (const exchange of this.#asked.takeAll())
      this.#track(this.#teller.gaveUp(exchange, 'protocol_error', 'server_exit'));
    await this.#toClient.idle();
    await Promise.allSettled(this.#work);
  }

  #clientFrame(frame: Frame): void {
    const message = isBlank(frame) ? undefined : this.#read(frame);
    if (message?.kind === 'invalid') this.#unreadable(frame, message.reason);
    else if (message?.kind === 'batch') this.#clientBatch(message, frame);
    else if (message?.kind === 'request') this.#clientRequest(message, frame);
    else {
      this.#toServer.pass(frame.bytes);
      if (message?.kind === 'notification') this.#clientNotified(message);
      if (message?.kind === 'response') this.#responded(this.#askedBack, message, frame);
    }
  }

  #unreadable(frame: Frame, reason: UnreadableReason): void {
    // A long line comes in many parts and is one frame.
    const first = frame.kind !== 'part' || !this.#oversized;
    this.#oversized = frame.kind === 'part' && frame.bytes.at(-1) !== 0x0a;
    if (first) this.#record(reason);
    const hub = this.#hub;
    const slot = this.#toServer.hold(frame.bytes);
    const settle = (): void => {
      if (hub.mode === 'observe') slot.release();
      else slot.drop();
      if (hub.mode === 'enforce' && first) this.#toClient.pass(unreadableAnswer());
    };
    // Until the hub has said which mode holds, nothing that cannot be read goes on.
    if (hub.ready === undefined) settle();
    else this.#track(hub.ready.then(settle, settle));
  }

  #record(reason: UnreadableReason): void {
    this.counts.unreadable += 1;
    this.#track(this.#teller.unreadable(reason));
  }

  #clientRequest(request: Request, frame: Frame): void {
    const { method } = request;
    if (!OBSERVED_METHODS.has(method) && method !== 'initialize') {
      this.#toServer.pass(frame.bytes);
      return;
    }
    const exchange = this.#asked.add(request, frame.bytes.length);
    if (!CALL_METHODS.has(method) || this.#goesOn(exchange, frame)) {
      this.#toServer.pass(frame.bytes);
    } else this.#track(this.#gate([exchange], frame, this.#toServer.hold(frame.bytes)));
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
    queueMicrotask(() => this.#track(this.#teller.began(exchange, frame, this.#asked)));
    return true;
  }

  /** One denied call denies its batch: parts cannot be taken out without changing the rest. */
  #clientBatch(batch: Batch, frame: Frame): void {
    const requests = batch.messages.filter((message) => message.kind === 'request');
    const calls = requests
      .filter(({ method }) => CALL_METHODS.has(method))
      .map((request) => this.#asked.add(request, frame.bytes.length));
    if (calls.length === 0) this.#toServer.pass(frame.bytes);
    else this.#track(this.#gate(calls, frame, this.#toServer.hold(frame.bytes)));
  }

  async #gate(exchanges: readonly Exchange[], frame: Frame, slot: Slot): Promise<void> {
    const answers: Uint8Array[] = [];
    try {
      const { ready } = this.#teller;
      if (ready !== undefined) await ready;
      for (const exchange of exchanges) {
        const answer = await this.#decide(exchange, frame);
        if (answer !== undefined) answers.push(answer);
      }
    } catch {
      this.counts.faults += 1;
      if (this.#hub.mode === 'enforce') answers.push(...exchanges.map(deniedByFault));
    }
    if (answers.length === 0) {
      slot.release();
      return;
    }
    for (const { request } of exchanges) this.#asked.take(request.id);
    slot.drop();
    for (const answer of answers) this.#toClient.pass(answer);
  }

  /** The answer of a denied call, or undefined where it may go on. */
  async #decide(exchange: Exchange, frame: Frame): Promise<Uint8Array | undefined> {
    const { decision, hold, labels } = await this.#teller.begin(exchange, frame, this.#asked);
    exchange.labels = labels;
    if (decision.action !== 'allow') {
      return denial(exchange.request, decision, eraOf(exchange.request));
    }
    if (hold) this.#asked.holdResult(exchange);
    return undefined;
  }

  #serverFrame(frame: Frame): void {
    // Only a result that may have to wait is read before it goes on.
    if (!this.#asked.holds) this.#toClient.pass(frame.bytes);
    const message = isBlank(frame) ? undefined : this.#read(frame);
    if (this.#asked.holds && !this.#held(message, frame)) this.#toClient.pass(frame.bytes);
    if (message?.kind === 'invalid' && frame.kind !== 'part') this.#record(message.reason);
    if (message?.kind === 'request') this.#serverRequest(message, frame);
    if (message?.kind === 'response') this.#responded(this.#asked, message, frame);
    for (const one of message?.kind === 'batch' ? message.messages : []) {
      if (one.kind === 'response') this.#responded(this.#asked, one, frame);
    }
  }

  /** True where the frame is a result that waits for the hub; it is then taken care of. */
  #held(message: Message | InvalidFrame | undefined, frame: Frame): boolean {
    if (message?.kind !== 'response') return false;
    const exchange = this.#asked.find(message.id);
    if (exchange?.hold !== true) return false;
    const slot = this.#toClient.hold(frame.bytes);
    this.#asked.take(message.id);
    this.#track(this.#ended(exchange, message, frame).finally(() => slot.release()));
    return true;
  }

  #serverRequest(request: Request, frame: Frame): void {
    if (OBSERVED_METHODS.has(request.method)) this.#askedBack.add(request, frame.bytes.length);
  }

  #responded(exchanges: Exchanges, response: Response, frame: Frame): void {
    const exchange = exchanges.take(response.id);
    if (exchange === undefined) return;
    if (exchange.request.method === 'initialize') this.#teller.handshake(response);
    else this.#track(this.#ended(exchange, response, frame));
  }

  #clientNotified({ method, params }: Notification): void {
    if (method !== 'notifications/cancelled') return;
    const id = params.requestId;
    if (typeof id !== 'string' && typeof id !== 'number') return;
    const exchange = this.#asked.take(id);
    if (exchange !== undefined)
      this.#track(this.#teller.gaveUp(exchange, 'cancelled', 'cancelled'));
  }

  #ended(exchange: Exchange, response: Response, frame: Frame): Promise<void> {
    return this.#teller.ended(exchange, response, frame, this.#asked);
  }

  #read(frame: Frame): Message | InvalidFrame {
    try {
      return parseMessage(frame);
    } catch {
      this.counts.faults += 1;
      return { kind: 'invalid', reason: 'invalid-json' };
    }
  }

  /** Work beside the data path; its faults are counted and go no further. */
  #track(work: Promise<unknown>): void {
    const tracked = work
      .then(() => undefined)
      .catch(() => {
        this.counts.faults += 1;
      })
      .finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }
}

const deniedByFault = ({ request }: Exchange): Uint8Array =>
  denial(
    request,
    {
      action: 'deny',
      wanted: 'deny',
      rule: '',
      reason: 'fail-closed',
      mode: 'enforce',
      by: 'sensor',
    },
    eraOf(request),
  );
