import { context, type SpanContext, trace } from '@opentelemetry/api';
import {
  type CallId,
  type Cause,
  denialOf,
  eraOf,
  FAIL_CLOSED,
  idKey,
  isObject,
  type JsonObject,
  type JsonRpcId,
  LIMITS,
  metaOf,
  newCallId,
  type Outcome,
  type Request,
  type SpanId,
  systemRandom,
} from '@spoor/core';
import { around, runAround } from './around.ts';
import { counts } from './counts.ts';
import { attributesOf, type Ending, endingOf, FINE, factsOf, type RequestFacts } from './facts.ts';
import { finisherOf } from './finish.ts';
import type { HubPort, Told } from './hub/port.ts';
import type { Leg } from './joins.ts';
import type { Side } from './metrics.ts';
import { audible, extracted, type Given, injected, silent, stripped } from './propagate.ts';
import { declare, type Scope } from './scope.ts';
import type { CallSpan } from './spans.ts';
import type { Observer, Passage } from './tap.ts';
import { networkOf, type SendOptions, type Transport } from './transport.ts';

/** A request that waits for its response. */
interface Exchange {
  readonly side: Side;
  readonly request: Request;
  readonly facts: RequestFacts;
  readonly leg: Leg;
  readonly span: CallSpan;
  readonly startMs: number;
  readonly told: Told | undefined;
  /** Trace id that the peer got. */
  given: string | undefined;
}

const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const CANCELLED = 'notifications/cancelled';

const NETWORKS = { pipe: 'pipe', tcp: 'tcp', memory: undefined } as const;

/** What travels over one transport, paired to exchanges and told as spans, metrics and facts. */
export class Conversation implements Observer {
  readonly #scope: Scope;
  readonly #hub: HubPort | undefined;
  readonly #network: 'pipe' | 'tcp' | undefined;
  readonly #server: string | undefined;
  readonly #transport: Transport;
  readonly #inject: (message: unknown) => void;
  /** Requests that we sent, and that we were sent. */
  readonly #asked = new Map<string, Exchange>();
  readonly #served = new Map<string, Exchange>();
  #version: string | undefined;
  #session: { readonly side: Side; readonly startMs: number } | undefined;

  constructor(
    scope: Scope,
    transport: Transport,
    about: { readonly server: string | undefined; readonly hub: HubPort | undefined },
    inject: (message: unknown) => void,
  ) {
    this.#scope = scope;
    this.#transport = transport;
    this.#hub = about.hub;
    this.#server = about.server;
    this.#inject = inject;
    const network = networkOf(transport);
    this.#network = network === undefined ? undefined : NETWORKS[network];
  }

  outgoing(message: unknown, options: SendOptions | undefined): Passage | undefined {
    if (!isObject(message)) return undefined;
    const request = requestOf(message);
    if (request !== undefined) return this.#asks(request, message, options);
    if (typeof message.method === 'string') return this.#notifies(message);
    return this.#answers(message);
  }

  incoming(message: unknown): Passage | undefined {
    if (!isObject(message)) return undefined;
    const request = requestOf(message);
    if (request !== undefined) return this.#serves(request, message);
    if (typeof message.method === 'string') this.#notified(message);
    else return this.#answered(message);
    return undefined;
  }

  closed(): void {
    for (const open of [this.#asked, this.#served]) {
      for (const key of [...open.keys()]) {
        this.#giveUp(open, key, 'protocol_error', 'connection_closed');
      }
    }
    if (this.#session === undefined) return;
    const { side, startMs } = this.#session;
    this.#session = undefined;
    this.#scope.durations.session(side, this.#network, performance.now() - startMs);
  }

  #asks(request: Request, message: JsonObject, options: SendOptions | undefined): Passage {
    const ctx = audible(context.active());
    const { policy, given } = this.#scope;
    const inner = around();
    const earlier = this.#scope.asked.earlier(request);
    const cause = earlier === undefined ? this.#causeOfAsked() : continued(earlier);
    const links = earlier?.span === undefined ? [] : [earlier.span];
    const exchange = this.#open(this.#asked, 'client', request, message, {
      cause,
      parent: ctx,
      links,
      ...(earlier === undefined ? {} : { call: earlier.call }),
      cluster: inner.intent?.cluster,
    });
    const { span, leg } = exchange;
    const own = trace.setSpan(ctx, span.span);
    const out = injected(message, own, policy, systemRandom, (ids) => {
      given.add(ids.trace, { ...leg, request: requestKey(request) });
      exchange.given = ids.trace;
      if (exchange.told !== undefined) exchange.told.given = ids;
    });
    const proved = exchange.told && finisherOf(this.#transport)?.told(out);
    if (exchange.told !== undefined && proved !== undefined) exchange.told.message = proved;
    const quiet = this.#network === 'tcp' && policy.send.context !== 'continue';
    const sending = quiet ? silent(own) : own;
    const key = idKey(request.id);
    options?.requestSignal?.addEventListener(
      'abort',
      () => this.#giveUp(this.#asked, key, 'cancelled', 'cancelled'),
      { once: true },
    );
    return {
      message: out,
      within: (go) => context.with(sending, go),
      failed: () => this.#giveUp(this.#asked, key, 'protocol_error', 'send_failed'),
      ...this.#gate(
        exchange,
        () => this.#asked.get(key) === exchange,
        (answer) => {
          this.#finish(this.#asked, key, { error: 'denied' });
          this.#inject(answer);
        },
      ),
    };
  }

  #serves(request: Request, message: JsonObject): Passage {
    const ambient = audible(context.active());
    const { policy, given, options } = this.#scope;
    const adopt = options.ambient === 'parent';
    const found = extracted(message, ambient, { policy, adopt, find: (id) => given.find(id) });
    const same = otherEnd(found.given, request);
    const earlier = same ?? this.#scope.served.earlier(request);
    const cause = this.#causeOfServed(found.given, earlier, same !== undefined);
    const linked = same === undefined ? earlier?.span : undefined;
    const links = linked === undefined ? found.links : [...found.links, linked];
    const exchange = this.#open(this.#served, 'server', request, message, {
      cause,
      parent: found.parent,
      links,
      ...(earlier === undefined ? {} : { call: earlier.call }),
      cluster: undefined,
      ...(same === undefined ? {} : { told: false as const }),
    });
    const inner = trace.setSpan(found.parent, exchange.span.span);
    const within = { ...around(), call: exchange.leg.call };
    const key = idKey(request.id);
    return {
      within: (go) => runAround(within, () => context.with(inner, go)),
      ...this.#gate(
        exchange,
        () => this.#served.get(key) === exchange,
        (answer) => {
          this.#finish(this.#served, key, { error: 'denied' });
          this.#refuse(answer);
        },
      ),
    };
  }

  /** Sends an answer in place of the handler's; set by whoever taps the transport. */
  #refuse: (answer: JsonObject) => void = () => undefined;

  set refuse(send: (answer: JsonObject) => void) {
    this.#refuse = send;
  }

  /** A call waits for its decision, and is answered here where that is no. */
  #gate(
    { told, request, span }: Exchange,
    stillOpen: () => boolean,
    denied: (answer: JsonObject) => void,
  ): Pick<Passage, 'gate' | 'instead'> {
    const decided = told === undefined ? undefined : this.#hub?.begin(told);
    if (decided === undefined) return {};
    const gate = decided.then((denial) => {
      // Taken back while it waited: nobody is there to be answered.
      if (!stillOpen()) return false;
      if (denial === undefined) return true;
      this.#scope.spans.decided(span, denial);
      denied(denialOf(request, denial, eraOf(request)));
      return false;
    });
    return { gate, instead: (message) => withArguments(message, told?.instead) };
  }

  #open(
    open: Map<string, Exchange>,
    side: Side,
    request: Request,
    message: JsonObject,
    more: {
      readonly cause: Cause;
      readonly call?: CallId;
      readonly parent: Parameters<Scope['spans']['start']>[0]['parent'];
      readonly links: readonly SpanContext[];
      readonly cluster: string | undefined;
      /** The other end, in this process too, tells of it. */
      readonly told?: false;
    },
  ): Exchange {
    const { scope, nowMs } = { scope: this.#scope, nowMs: Date.now() };
    const facts = factsOf(request, scope.key, this.#version, scope.declared);
    const { cause, cluster, parent, links } = more;
    const call = more.call ?? newCallId(nowMs, systemRandom);
    const wanted = attributesOf(facts, {
      call,
      cause,
      cluster,
      server: this.#server,
      network: this.#network,
    });
    const span = scope.spans.start({ side, facts, wanted, parent, links });
    const own = span.span.spanContext();
    const spanContext = trace.isSpanContextValid(own) ? own : undefined;
    const leg: Leg = { call, cause, span: spanContext };
    const told = more.told === false ? undefined : this.#tell(message, request, leg, facts, nowMs);
    const exchange = {
      side,
      request,
      facts,
      leg,
      span,
      startMs: performance.now(),
      told,
      given: undefined,
    };
    const key = idKey(request.id);
    if (open.has(key)) this.#giveUp(open, key, 'protocol_error', 'id_reused');
    if (open.size >= LIMITS.pendingRequestsMax) this.#giveUpOldest(open);
    open.set(key, exchange);
    if (request.method === 'initialize') this.#session = { side, startMs: exchange.startMs };
    return exchange;
  }

  #tell(
    message: JsonObject,
    request: Request,
    leg: Leg,
    facts: RequestFacts,
    startMs: number,
  ): Told | undefined {
    if (this.#hub === undefined) return undefined;
    const { call, cause, span } = leg;
    return {
      call,
      request,
      message,
      cause,
      startMs,
      span: span?.spanId as SpanId | undefined,
      trace: span?.traceId,
      version: facts.version,
      given: undefined,
      begun: false,
      hold: false,
      instead: undefined,
      masksAnswer: false,
      answerInstead: undefined,
    };
  }

  /** The call that is being served around this one, else the prompt. */
  #causeOfAsked(): Cause {
    const { call, intent } = around();
    // What a server asks of its own client belongs to the one call that it is serving.
    if (call !== undefined && this.#served.size > 0) {
      return { kind: 'server', parent: call, evidence: 'containment' };
    }
    if (call !== undefined) return { kind: 'tool', parent: call, evidence: 'trace' };
    return intent === undefined ? UNKNOWN : { kind: 'user', evidence: 'intent' };
  }

  #causeOfServed(given: Given | undefined, earlier: Leg | undefined, same: boolean): Cause {
    if (earlier !== undefined) return same ? earlier.cause : continued(earlier);
    if (given !== undefined) {
      const kind = this.#asked.size > 0 ? 'server' : 'tool';
      return { kind, parent: given.call, evidence: 'trace' };
    }
    const calls = [...this.#asked.values()].filter(
      ({ request }) => request.method === 'tools/call',
    );
    const [only] = calls;
    if (only === undefined || calls.length > 1) return UNKNOWN;
    return { kind: 'server', parent: only.leg.call, evidence: 'containment' };
  }

  #answered(message: JsonObject): Passage | undefined {
    const key = keyOf(message.id);
    const exchange = key === undefined ? undefined : this.#asked.get(key);
    if (key === undefined || exchange === undefined) return undefined;
    const { request, leg, told } = exchange;
    const { result } = message;
    if (request.method === 'initialize') this.#agreed(result);
    if (request.method === 'tools/list') declare(this.#scope.declared, result);
    this.#scope.asked.answered(request, leg, result);
    this.#finish(this.#asked, key, endingOf(message));
    const held = told === undefined ? undefined : this.#hub?.end(told, message);
    if (held === undefined || told === undefined) return undefined;
    return { gate: held.then(() => true), instead: (whole) => withAnswer(whole, told) };
  }

  #answers(message: JsonObject): Passage {
    const key = keyOf(message.id);
    const exchange = key === undefined ? undefined : this.#served.get(key);
    const { policy, served, declared } = this.#scope;
    if (key !== undefined && exchange !== undefined) {
      const { request, leg, told } = exchange;
      if (request.method === 'initialize') this.#agreed(message.result);
      if (request.method === 'tools/list') declare(declared, message.result);
      served.answered(request, leg, message.result);
      this.#finish(this.#served, key, endingOf(message));
      if (told !== undefined) void this.#hub?.end(told, message);
    }
    return policy.send.context === 'continue' ? {} : { message: stripped(message) };
  }

  #notifies(message: JsonObject): Passage {
    this.#tookBack(this.#asked, message);
    this.#acknowledged(this.#served, message);
    const { policy } = this.#scope;
    if (policy.send.context !== 'continue') return { message: stripped(message) };
    const ctx = context.active();
    if (trace.getSpanContext(ctx) === undefined) return {};
    return { message: injected(message, ctx, policy, systemRandom, () => undefined) };
  }

  #notified(message: JsonObject): void {
    this.#tookBack(this.#served, message);
    this.#acknowledged(this.#asked, message);
  }

  #tookBack(open: Map<string, Exchange>, { method, params }: JsonObject): void {
    if (method !== CANCELLED || !isObject(params)) return;
    const key = keyOf(params.requestId);
    if (key === undefined) return;
    const late = open === this.#asked && /timed? ?out/i.test(String(params.reason));
    if (late) this.#giveUp(open, key, 'timeout', 'timeout');
    else this.#giveUp(open, key, 'cancelled', 'cancelled');
  }

  /** A subscription may last for days: its span ends when it is in place. */
  #acknowledged(open: Map<string, Exchange>, { method, params }: JsonObject): void {
    if (method !== ACKNOWLEDGED) return;
    const key = keyOf(metaOf(params)[SUBSCRIPTION_ID]);
    if (key !== undefined) this.#finish(open, key, FINE);
  }

  #agreed(result: unknown): void {
    const version = isObject(result) ? result.protocolVersion : undefined;
    if (typeof version === 'string') this.#version = version;
  }

  #giveUpOldest(open: Map<string, Exchange>): void {
    const [oldest] = open.keys();
    if (oldest === undefined) return;
    counts.callsGivenUp += 1;
    this.#giveUp(open, oldest, 'protocol_error', 'given_up');
  }

  #giveUp(open: Map<string, Exchange>, key: string, outcome: Outcome, error: string): void {
    const exchange = open.get(key);
    if (exchange === undefined) return;
    this.#finish(open, key, { error });
    if (exchange.told !== undefined) this.#hub?.gaveUp(exchange.told, outcome, error);
  }

  #finish(open: Map<string, Exchange>, key: string, ending: Ending): void {
    const exchange = open.get(key);
    if (exchange === undefined) return;
    open.delete(key);
    const { side, facts, given, span, startMs } = exchange;
    if (given !== undefined) this.#scope.given.remove(given);
    this.#scope.spans.end(span, ending);
    const durationMs = performance.now() - startMs;
    this.#scope.durations.operation(side, facts, ending, this.#network, durationMs);
  }
}

/** All else of the message has changed since its arguments were masked. */
function withArguments(message: unknown, masked: JsonObject | undefined): unknown {
  if (masked === undefined || !isObject(message) || !isObject(masked.params)) return message;
  const { arguments: args, uri } = masked.params;
  const params = isObject(message.params) ? message.params : {};
  const instead = {
    ...(args === undefined ? {} : { arguments: args }),
    ...(uri === undefined ? {} : { uri }),
  };
  return { ...message, params: { ...params, ...instead } };
}

/** What should be masked and is not, does not go on. */
function withAnswer(message: unknown, { request, masksAnswer, answerInstead }: Told): unknown {
  if (answerInstead !== undefined) return answerInstead;
  return masksAnswer ? denialOf(request, FAIL_CLOSED, eraOf(request)) : message;
}

const UNKNOWN: Cause = { kind: 'unknown', evidence: 'none' };

const requestKey = ({ method, id }: Request): string => `${method} ${idKey(id)}`;

/** Both ends of the call are in this process: it is the same one. */
const otherEnd = (given: Given | undefined, request: Request): Leg | undefined =>
  given?.request === requestKey(request) ? given : undefined;

const continued = ({ cause }: Leg): Cause => ({ ...cause, evidence: 'input' });

function requestOf(message: JsonObject): Request | undefined {
  const { id, method, params } = message;
  if (typeof method !== 'string' || !isId(id)) return undefined;
  return { kind: 'request', id, method, params: isObject(params) ? params : {} };
}

const isId = (id: unknown): id is JsonRpcId => typeof id === 'string' || typeof id === 'number';

const keyOf = (id: unknown): string | undefined => (isId(id) ? idKey(id) : undefined);
