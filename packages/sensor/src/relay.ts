import {
  type Batch,
  type Clock,
  eraOf,
  type Frame,
  FrameSplitter,
  hasAny,
  type InvalidFrame,
  isBlank,
  isObject,
  type Message,
  metaOf,
  type Notification,
  parseMessage,
  type Random,
  type Request,
  type Response,
  SENSITIVE_LABELS,
  safeName,
  type UnreadableReason,
} from '@spoor/core';
import type { Sensed } from '@spoor/edge/wire';
import { type Exchange, Exchanges } from './calls.ts';
import { denial, unreadableAnswer } from './deny.ts';
import { type HubPort, type Known, targetOf } from './hubport.ts';
import type { Keys } from './keys.ts';
import { Lane, type Slot } from './lane.ts';
import { CALL_METHODS, OBSERVED_METHODS } from './methods.ts';

type Sense = typeof import('./sense.ts');

export interface RelayOptions {
  readonly toServer: (bytes: Uint8Array) => void;
  readonly toClient: (bytes: Uint8Array) => void;
  readonly hub: HubPort;
  readonly clock: Clock;
  readonly random: Random;
}

/** Counted, and shown by `spoor hub status`. */
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
  readonly #options: RelayOptions;
  readonly #toServer: Lane;
  readonly #toClient: Lane;
  readonly #clientSplitter = new FrameSplitter();
  readonly #serverSplitter = new FrameSplitter();
  /** Requests of the client, and of the server. */
  readonly #asked = new Exchanges();
  readonly #askedBack = new Exchanges();
  readonly #work = new Set<Promise<void>>();
  #sense: Sense | undefined;
  #protocolVersion: string | undefined;
  #oversized = false;

  constructor(options: RelayOptions) {
    this.#options = options;
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
    for (const exchange of this.#asked.takeAll()) {
      const { sensed } = exchange;
      if (sensed === undefined) continue;
      const endMs = this.#options.clock.nowMs();
      const end: Sensed = { ...sensed, endMs, outcome: 'protocol_error', errorType: 'server_exit' };
      this.#track(this.#options.hub.end(end, [], exchange.labels));
    }
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
    const { hub } = this.#options;
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
    const { hub, clock, random } = this.#options;
    const told = (async (): Promise<void> => {
      if (hub.ready !== undefined) await hub.ready;
      this.#sense ??= await import('./sense.ts');
      await hub.end(this.#sense.senseUnreadable(reason, clock.nowMs(), random), [], []);
    })();
    this.#track(told);
  }

  #clientRequest(request: Request, frame: Frame): void {
    const observed = OBSERVED_METHODS.has(request.method);
    if (!observed && request.method !== 'initialize') {
      this.#toServer.pass(frame.bytes);
      return;
    }
    const exchange = this.#asked.add(request, frame.bytes.length);
    if (CALL_METHODS.has(request.method)) {
      const known = this.#needsNoDecision(request);
      if (known !== undefined) {
        this.#toServer.pass(frame.bytes);
        this.#track(this.#tell(exchange, frame, known));
        return;
      }
      this.#track(this.#gate([exchange], frame, this.#toServer.hold(frame.bytes)));
      return;
    }
    this.#toServer.pass(frame.bytes);
  }

  /**
   * While observing nothing is denied, so a call waits only where it must be on disk first, or where nothing is known
   * of its tool yet.
   */
  #needsNoDecision(request: Request): Known | undefined {
    const { hub } = this.#options;
    if (hub.ready !== undefined || hub.enforces || this.#sense === undefined) return undefined;
    const known = hub.known(targetOfRequest(request, hub.keys));
    return known === undefined || hasAny(known.labels, SENSITIVE_LABELS) ? undefined : known;
  }

  /** Tells the hub of a call that has gone on already. */
  async #tell(exchange: Exchange, frame: Frame, known: Known): Promise<void> {
    if (this.#sense === undefined) return;
    exchange.labels = known.labels;
    if (known.hold) this.#asked.holdResult(exchange);
    const { hub } = this.#options;
    const sensed = this.#senseRequest(this.#sense, exchange);
    await hub.tell('begin', sensed, hub.seal(sensed.id, 'request', frame.bytes), known.labels);
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
      if (this.#options.hub.ready !== undefined) await this.#options.hub.ready;
      this.#sense ??= await import('./sense.ts');
      for (const exchange of exchanges) {
        const answer = await this.#decide(this.#sense, exchange, frame);
        if (answer !== undefined) answers.push(answer);
      }
    } catch {
      this.counts.faults += 1;
      if (this.#options.hub.mode === 'enforce') answers.push(...exchanges.map(deniedByFault));
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
  async #decide(sense: Sense, exchange: Exchange, frame: Frame): Promise<Uint8Array | undefined> {
    const { hub } = this.#options;
    const sensed = this.#senseRequest(sense, exchange);
    const begun = await hub.begin(sensed, hub.seal(sensed.id, 'request', frame.bytes));
    exchange.labels = begun.labels;
    if (begun.decision.action !== 'allow') {
      return denial(exchange.request, begun.decision, eraOf(exchange.request));
    }
    if (begun.hold) this.#asked.holdResult(exchange);
    return undefined;
  }

  #senseRequest(sense: Sense, exchange: Exchange): Sensed {
    const { request, bytes } = exchange;
    const kind = sense.kindOf(request.method) ?? 'system';
    const fresh = sense.senseRequest(request, kind, bytes, sense.NO_CAUSE, this.#context());
    const earlier = this.#asked.earlierLeg(request);
    const sensed: Sensed =
      earlier === undefined
        ? fresh
        : { ...fresh, id: earlier.id, cause: { ...earlier.cause, evidence: 'input' } };
    exchange.sensed = sensed;
    return sensed;
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
    if (exchange.request.method === 'initialize') this.#handshake(response);
    else this.#track(this.#ended(exchange, response, frame));
  }

  #handshake({ result }: Response): void {
    const version = isObject(result) ? result.protocolVersion : undefined;
    if (typeof version === 'string') this.#protocolVersion = version;
  }

  #clientNotified({ method, params }: Notification): void {
    if (method !== 'notifications/cancelled') return;
    const id = params.requestId;
    if (typeof id !== 'string' && typeof id !== 'number') return;
    const { hub, clock } = this.#options;
    const exchange = this.#asked.take(id);
    if (exchange?.sensed === undefined) return;
    const end: Sensed = {
      ...exchange.sensed,
      endMs: clock.nowMs(),
      outcome: 'cancelled',
      errorType: 'cancelled',
    };
    this.#track(hub.end(end, [], exchange.labels));
  }

  async #ended(exchange: Exchange, response: Response, frame: Frame): Promise<void> {
    const { hub } = this.#options;
    if (hub.ready !== undefined) await hub.ready;
    this.#sense ??= await import('./sense.ts');
    const cause = this.#asked.containing;
    const begun = exchange.sensed ?? this.#senseUngated(this.#sense, exchange, cause);
    const end = this.#sense.senseResponse(begun, response, frame.bytes.length, this.#context());
    const part =
      end.kind === 'tool.list' ? 'definitions' : response.error === undefined ? 'result' : 'error';
    const sealed = hub.seal(end.id, part, frame.bytes);
    const told = exchange.hold
      ? hub.end(end, sealed, exchange.labels)
      : hub.tell('end', end, sealed, exchange.labels);
    if (end.outcome === 'input_required') {
      this.#asked.legEnded(exchange, response);
      this.#inputsRequested(this.#sense, begun, response);
    }
    await told;
  }

  /** Lists, and what a server asks of its client: observed as a whole when answered. */
  #senseUngated(sense: Sense, { request, bytes }: Exchange, cause: Sensed['cause']): Sensed {
    const kind = sense.kindOf(request.method) ?? 'system';
    const fromServer = kind === 'sampling.request' || kind === 'elicitation.request';
    return sense.senseRequest(
      request,
      kind,
      bytes,
      fromServer ? cause : sense.NO_CAUSE,
      this.#context(),
    );
  }

  /** In the modern era a server asks for sampling and elicitation inside a result. */
  #inputsRequested(sense: Sense, call: Sensed, { result }: Response): void {
    const requests = isObject(result) && isObject(result.inputRequests) ? result.inputRequests : {};
    for (const one of Object.values(requests).slice(0, INPUT_REQUESTS_MAX)) {
      if (!isObject(one) || typeof one.method !== 'string') continue;
      const kind = sense.kindOf(one.method);
      if (kind === undefined) continue;
      const params = isObject(one.params) ? one.params : {};
      const asked: Request = { kind: 'request', id: 0, method: one.method, params };
      const cause = { kind: 'server', parent: call.id, evidence: 'input' } as Sensed['cause'];
      const bytes = JSON.stringify(params).length;
      const sensed = sense.senseRequest(asked, kind, bytes, cause, this.#context());
      this.#track(
        this.#options.hub.end({ ...sensed, era: 'modern', outcome: 'input_required' }, [], []),
      );
    }
  }

  #context(): Parameters<Sense['senseRequest']>[4] {
    const { hub, random, clock } = this.#options;
    const version = this.#protocolVersion;
    return {
      keys: hub.keys,
      project: hub.project,
      random,
      nowMs: clock.nowMs(),
      ...(version === undefined ? {} : { protocolVersion: version }),
    };
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

const targetOfRequest = ({ method, params }: Request, keys: Keys): string => {
  const named = method === 'tools/call' && typeof params.name === 'string';
  return targetOf({
    method,
    ...(named ? { tool: safeName(params.name as string, keys.short) } : {}),
  });
};

/** More questions in one answer are nothing a person could read. */
const INPUT_REQUESTS_MAX = 32;

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
    metaOf(request.params)['io.modelcontextprotocol/protocolVersion'] === undefined
      ? 'legacy'
      : 'modern',
  );
