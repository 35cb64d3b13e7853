import {
  type Decision,
  FAIL_CLOSED,
  failsClosed,
  goesOn,
  hasAny,
  hostAbove,
  hostItself,
  identityOf,
  type JsonObject,
  LIMITS,
  type Outcome,
  type Raw,
  SENSITIVE_LABELS,
  type StopNotice,
  safeName,
  stopHosts,
  stopNotice,
  stopped,
  systemRandom,
  uuidv7,
} from '@spoor/core';
import { around } from '../around.ts';
import { counts } from '../counts.ts';
import { useClusterKey } from '../keys.ts';
import type { HubOptions } from '../options.ts';
import { VERSION } from '../version.ts';
import {
  begunOf,
  decisionOf,
  type Known,
  knownOf,
  maskedOf,
  type Policy,
  policyOf,
  stopOf,
} from './answers.ts';
import { Link, MESSAGE_BYTES_MAX } from './link.ts';
import { findHub, readProcess, readStops } from './place.ts';
import type { HubTarget, Told } from './port.ts';

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;
/** A hub that listens and does not answer is none. */
const HELLO_MS = 500;

/**
 * A hub, joined: messages go there as they are, to be examined and sealed there. While none
 * answers, the program goes on: content is not kept here, what the hub missed is counted and told.
 */
export class HubJoin {
  readonly #target: HubTarget;
  readonly #folder: string;
  readonly #options: HubOptions;
  readonly #id: string = uuidv7(Date.now(), systemRandom);
  /** By tool, or by method where there is none. */
  readonly #known = new Map<string, Known>();
  /** Calls that wait for a person. */
  readonly #asked = new Map<string, (decision: Decision | undefined) => void>();
  #link: Link | undefined;
  #policy: Policy;
  /** What the hub said last, or the file that the last one left. */
  #stop: Partial<StopNotice> | undefined;
  #budgetMs: number;
  #lost = 0;
  /** Resolves when the first contact was made or failed. */
  readonly ready: Promise<void>;

  constructor(folder: string, target: HubTarget, options: HubOptions) {
    this.#folder = folder;
    this.#target = target;
    this.#options = options;
    this.#budgetMs = options.budgetMs ?? LIMITS.decisionBudgetMs;
    this.#policy = policyOf({ mode: options.mode }, '');
    this.ready = this.#connect().then((connected) => {
      if (!connected) this.#stop = this.#stopInFile();
      if (!connected) this.#reconnect();
    });
  }

  /** Must this call wait for an answer? */
  waits(told: Told): boolean {
    if (this.#stop !== undefined) return true;
    if (this.#link?.open !== true) return this.#policy.mode === 'enforce';
    if (this.#policy.enforces) return true;
    // Before a server's handler nothing waits where nothing can be denied: its client has waited.
    if (this.#target.side === 'server') return false;
    const known = this.#known.get(targetOf(told));
    if (known === undefined || hasAny(known.labels, SENSITIVE_LABELS)) return true;
    told.hold = known.hold;
    return false;
  }

  /** The denial of whatever is asked, where all is stopped. */
  get stopped(): Decision | undefined {
    return this.#stop?.whole === true ? stopped(this.#stop.case, 'sensor') : undefined;
  }

  /** The denial, or undefined where the call goes on. */
  async decide(told: Told, bytes: Uint8Array): Promise<Decision | undefined> {
    const link = this.#link;
    if (link?.open !== true) return this.#alone(told);
    this.#intent(link);
    const asked = link.ask(...this.#begin(told, bytes));
    told.begun = true;
    const begun = begunOf(await this.#within(asked));
    if (begun === undefined) return this.#alone(told);
    this.#learn(targetOf(told), begun);
    told.hold = begun.hold;
    const { decision, waitMs } = begun;
    if (waitMs === undefined) return this.#spoken(told, decision, begun.masked);
    const answer = await this.#answer(told.call, waitMs);
    if (answer !== undefined) return this.#spoken(told, answer, begun.masked);
    if (decision.action !== 'allow') return { ...decision, action: 'deny' };
    // The ledger did not answer.
    return decision.mode === 'enforce'
      ? { ...decision, action: 'deny', reason: 'fail-closed' }
      : undefined;
  }

  /** What should be masked and is not, is denied; what a server answers is not masked here. */
  #spoken(told: Told, decision: Decision, masked: JsonObject | undefined): Decision | undefined {
    if (decision.action !== 'modify') return goesOn(decision) ? undefined : decision;
    const { mask } = decision;
    const cannot = mask?.result !== undefined && this.#target.side === 'server';
    if (cannot || (mask?.arguments !== undefined && masked === undefined))
      return { ...decision, action: 'deny' };
    told.instead = masked;
    told.masksAnswer = mask?.result !== undefined;
    told.hold ||= told.masksAnswer;
    return undefined;
  }

  began(told: Told, bytes: Uint8Array): void {
    const link = this.#link;
    if (link?.open !== true || bytes.length > MESSAGE_BYTES_MAX) return;
    this.#intent(link);
    told.begun = link.post(...this.#begin(told, bytes));
    if (!told.begun) this.#lose();
  }

  /** Resolves when the hub has it, or will not have it in time. */
  async end(told: Told, asked: Uint8Array, answer: Uint8Array): Promise<void> {
    const link = this.#link;
    if (link?.open !== true || asked.length + answer.length > MESSAGE_BYTES_MAX) {
      this.#lose();
      return;
    }
    this.#intent(link);
    const request = told.begun ? [] : [asked];
    const raw: Raw = {
      ...rawOf('end', told),
      endMs: Date.now(),
      requestBytes: told.begun ? 0 : asked.length,
    };
    const message = { op: 'raw', raw };
    if (told.hold) {
      const ended = await this.#within(link.ask(message, [...request, answer]));
      told.answerInstead = maskedOf(ended);
    } else if (!link.post(message, [...request, answer])) this.#lose();
  }

  gaveUp(told: Told, outcome: Outcome, errorType: string): void {
    this.#asked.get(told.call)?.(undefined);
    if (!told.begun) return;
    const raw: Raw = { ...rawOf('end', told), endMs: Date.now(), outcome, errorType };
    if (this.#link?.post({ op: 'raw', raw }, []) !== true) this.#lose();
  }

  close(): void {
    this.#link?.close();
  }

  #begin(told: Told, bytes: Uint8Array): [object, Uint8Array[]] {
    const raw: Raw = { ...rawOf('begin', told), requestBytes: bytes.length };
    return [{ op: 'raw', raw }, [bytes]];
  }

  /** A prompt is told once, before the first call that it asked for. */
  #intent(link: Link): void {
    const { intent } = around();
    if (intent === undefined || intent.told.has(this)) return;
    intent.told.add(this);
    const bytes = new TextEncoder().encode(intent.prompt).slice(0, LIMITS.examineBytesMax);
    const nowMs = Date.now();
    const raw: Raw = {
      step: 'intent',
      call: uuidv7(nowMs, systemRandom),
      startMs: nowMs,
      cause: { kind: 'unknown', evidence: 'none' },
      requestBytes: bytes.length,
    };
    if (!link.post({ op: 'raw', raw }, [bytes])) this.#lose();
  }

  /**
   * Without an answer: in `enforce`, a call that can do harm outside is denied, or one of which
   * nobody has said whether it can; everything else goes on.
   */
  #alone(told: Told): Decision | undefined {
    counts.hubLate += 1;
    // Who calls here, no call proves on its own: what is not all stopped is not stopped.
    if (this.#stop?.whole === true) return this.stopped;
    if (this.#policy.mode !== 'enforce') return undefined;
    const known = this.#known.get(targetOf(told));
    const harmless = known !== undefined && !failsClosed(this.#policy, known.labels);
    return harmless || told.request.method !== 'tools/call' ? undefined : FAIL_CLOSED;
  }

  #lose(): void {
    this.#lost += 1;
    counts.hubLost += 1;
  }

  #learn(target: string, known: Known): void {
    if (this.#known.size >= LIMITS.toolsPerServerMax) this.#known.clear();
    this.#known.set(target, { labels: known.labels, hold: known.hold });
  }

  #answer(call: string, waitMs: number): Promise<Decision | undefined> {
    return new Promise((resolve) => {
      const settle = (decision: Decision | undefined): void => {
        clearTimeout(timer);
        this.#asked.delete(call);
        resolve(decision);
      };
      const timer = setTimeout(() => settle(undefined), waitMs);
      this.#asked.set(call, settle);
    });
  }

  #within(asked: Promise<JsonObject | undefined>): Promise<JsonObject | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), this.#budgetMs);
      void asked.then((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  async #connect(): Promise<boolean> {
    const place = findHub(this.#folder);
    if (place === undefined) return false;
    try {
      const link = await Link.open(place.socket, {
        push: (push) => this.#pushed(push),
        closed: (lost) => this.#closed(link, lost),
      });
      const late = setTimeout(() => link.close(), HELLO_MS);
      const welcome = await link.ask({ op: 'hello', token: place.token, ...this.#hello() });
      clearTimeout(late);
      if (welcome === undefined) {
        link.close();
        return false;
      }
      this.#welcomed(link, welcome);
      return true;
    } catch {
      return false;
    }
  }

  #welcomed(link: Link, welcome: JsonObject): void {
    const { budgetMs, definitionKey, policy } = welcome;
    if (typeof budgetMs === 'number') this.#budgetMs = this.#options.budgetMs ?? budgetMs;
    useClusterKey(definitionKey);
    this.#setPolicy(policy);
    this.#stop = stopOf(welcome.stop);
    this.#link = link;
    if (this.#lost > 0) void link.ask({ op: 'lost', count: this.#lost });
    this.#lost = 0;
  }

  #setPolicy(policy: unknown): void {
    const { mode } = this.#options;
    this.#policy =
      mode === undefined ? policyOf(policy, this.#target.name) : policyOf({ mode }, '');
  }

  #stopInFile(): Partial<StopNotice> | undefined {
    const { host, server } = this.#hello();
    return stopNotice(readStops(this.#folder), { server: server.name, hosts: stopHosts({ host }) });
  }

  #hello() {
    const uid = process.getuid?.() ?? 0;
    const { side, name } = this.#target;
    const program = process.argv[1]?.split(/[\\/]/).at(-1) ?? 'node';
    const self = identityOf(process.pid, readProcess);
    const server = {
      name: safeName(name, () => 'server').slice(0, LIMITS.nameCharsMax),
      transport: this.#target.transport,
    };
    return {
      protocol: 1,
      sensor: { id: this.#id, kind: 'in-process', version: VERSION },
      // A client speaks for the user itself; a server for whoever started it.
      host:
        side === 'client'
          ? hostItself(process.pid, program, uid, readProcess)
          : hostAbove(process.ppid, uid, readProcess),
      server: side === 'server' && self !== undefined ? { ...server, process: self } : server,
      ...(this.#options.mode === undefined ? {} : { mode: this.#options.mode }),
    };
  }

  #pushed(push: JsonObject): void {
    if (push.kind === 'policy') this.#setPolicy(push.policy);
    if (push.kind === 'stop') this.#stop = stopOf(push.stop);
    if (push.kind === 'tool' && typeof push.tool === 'string') {
      this.#learn(push.tool, knownOf(push));
    }
    if (push.kind === 'decided' && typeof push.call === 'string') {
      this.#asked.get(push.call)?.(decisionOf(push.decision));
    }
  }

  #closed(link: Link, lost: number): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#lost += lost;
    counts.hubLost += lost;
    for (const settle of [...this.#asked.values()]) settle(undefined);
    this.#reconnect();
  }

  #reconnect(waitMs: number = RETRY_FIRST_MS): void {
    const retry = async (): Promise<void> => {
      if (!(await this.#connect())) this.#reconnect(Math.min(2 * waitMs, RETRY_MAX_MS));
    };
    setTimeout(() => void retry(), waitMs).unref();
  }
}

const targetOf = ({ request }: Told): string => {
  const { name } = request.params;
  return request.method === 'tools/call' && typeof name === 'string' ? name : request.method;
};

const rawOf = (step: Raw['step'], told: Told): Raw => ({
  step,
  call: told.call,
  startMs: told.startMs,
  ...(told.span === undefined || told.trace === undefined
    ? {}
    : { traceparent: { trace: told.trace, parent: told.span } }),
  ...(told.given === undefined ? {} : { given: told.given }),
  cause: told.cause,
  ...(told.version === undefined ? {} : { protocolVersion: told.version }),
  requestBytes: 0,
});
