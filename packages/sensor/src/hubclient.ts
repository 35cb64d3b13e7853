import {
  type CaseId,
  CodedError,
  type ContentAsked,
  type Decision,
  effectiveMode,
  type IdentityEvidence,
  type Label,
  LIMITS,
  type Mode,
  OBSERVE,
  type Policy,
  type Random,
  type SealedContent,
  type SealedPart,
} from '@spoor/core';
import { type Home, isNewer, readRecipients, readToken } from '@spoor/edge/home';
import { type Keys, keysOf, ownKeys } from '@spoor/edge/keys';
import type { Begun, Ended, Found, Hello, Push, Sensed, Welcome } from '@spoor/edge/wire';
import type { Sealer } from '@spoor/ledger/seal';
import { Answers } from './answers.ts';
import { delay, within } from './delay.ts';
import type { Offer } from './elicitation.ts';
import { helloAt, type Place, placeOf } from './elsewhere.ts';
import type { Fallback } from './fallback.ts';
import { policyOf } from './hook/policy.ts';
import { type HubPort, type Known, targetOf } from './hubport.ts';
import { Link, type Unacked } from './link.ts';
import { goneOn, Spool } from './spool.ts';
import { Stopping } from './stopping.ts';

export interface HubClientOptions {
  readonly home: Home;
  readonly hello: Omit<Hello, 'id' | 'op' | 'token'>;
  readonly random: Random;
  /** Starts a hub in the background; absent where that is not wanted. */
  readonly startHub?: () => void;
  readonly rulesFolder: string;
  /**
   * For a process that lives for one event: it tries once, and loads nothing ahead. With the policy
   * that holds until a hub says another.
   */
  readonly brief?: { readonly policy: Policy };
  /** Told once for each change: `up`, or `down` with the reason. */
  readonly onState?: (state: 'up' | 'down', why: string) => void;
}

const RETRY_FIRST_MS = 50;
const RETRY_MAX_MS = 2_000;
/** What an answer may come later than the hub has promised. */
const ANSWER_GRACE_MS = 5_000;
/** A hub that dies again and again is not started more often than this. */
const START_EVERY_MS = 10_000;

/**
 * The hub as the relay sees it: always there. While it is not, the sensor decides alone, says so,
 * and keeps what it saw for the hub that comes back.
 */
export class HubClient implements HubPort {
  readonly #options: HubClientOptions;
  readonly #place: Place;
  readonly #hello: Omit<Hello, 'id' | 'op' | 'token'>;
  readonly #spool: Spool;
  #fallback: Promise<Fallback> | undefined;
  #link: Link | undefined;
  #welcome: Welcome | undefined;
  #keys: Keys | undefined;
  #sealer: Sealer | undefined;
  #sealerSession = '';
  #ready: Promise<void> | undefined;
  #closed = false;
  /** Calls that the hub was too late for. */
  readonly #decidedAlone = new Map<string, Decision>();
  readonly #known = new Map<string, Known>();
  readonly #answers = new Answers();
  readonly #stopping = new Stopping();
  /** What the last hub left of its policy, where none has been met. */
  #left: Policy | undefined;
  /** By the rules here, until a hub has answered. */
  #askedAlone: ContentAsked | undefined;
  #startedMs = 0;
  /** Why there is no hub. */
  #why = 'HUB_UNREACHABLE';
  #delivering: Promise<void> | undefined;

  constructor(options: HubClientOptions) {
    this.#options = options;
    this.#place = placeOf(options.home);
    this.#hello = helloAt(options.hello, this.#place);
    this.#spool = new Spool(options.home.spool, this.#hello);
    this.#ready = this.#firstContact();
  }

  /** Undefined once the first contact was made or given up: then everything below works at once. */
  get ready(): Promise<void> | undefined {
    return this.#ready;
  }

  get keys(): Keys {
    this.#keys ??= ownKeys();
    return this.#keys;
  }

  /** Undefined while no hub has answered. */
  get session(): string | undefined {
    return this.#welcome?.session;
  }

  get connected(): boolean {
    return this.#link?.open === true;
  }

  /** Tells what nobody waits for, or keeps it; nothing is decided. */
  record(observation: Sensed, sealed: readonly SealedContent[]): void {
    const op = observation.outcome === 'pending' ? 'begin' : 'end';
    if (this.#link?.post(op, observation, sealed) !== true) this.#spool.add(observation, sealed);
  }

  /** Sends the text of a prompt only where the owner has configured an endpoint for it. */
  embed(call: string, text: string): void {
    if (this.#welcome?.embeds !== true || this.#link?.open !== true) return;
    this.#link.embed(call, text.slice(0, LIMITS.embeddingCharsMax)).catch(() => undefined);
  }

  /** Does another sensor see the same calls? */
  get elsewhere(): boolean {
    return this.#welcome?.elsewhere === true;
  }

  /** The open call that an end belongs to, told by another process. */
  async find(tool: string, pair: string): Promise<Found> {
    if (this.#link?.open !== true) return {};
    const found = await within(this.#budgetMs, this.#link.find(tool, pair));
    return typeof found === 'object' ? found : {};
  }

  /** Tells what was counted since the source began; false where no hub has taken it. */
  async report(
    source: string,
    about: string,
    counts: Readonly<Record<string, number>>,
  ): Promise<boolean> {
    if (this.#link?.open !== true) return false;
    return this.#link.report(source, about, counts).then(
      () => true,
      () => false,
    );
  }

  get project(): boolean {
    return this.#welcome?.project ?? true;
  }

  get asked(): ContentAsked | undefined {
    return this.#welcome === undefined ? this.#askedAlone : this.#welcome.asked;
  }

  get mode(): Mode {
    const { mode, server } = this.#hello;
    if (this.#stopping.whole) return 'enforce';
    return mode ?? effectiveMode(this.#policy, '', server.name);
  }

  get enforces(): boolean {
    if (this.#stopping.some) return true;
    return this.mode === 'enforce' || Object.values(this.#policy.rules).includes('enforce');
  }

  get stopped(): CaseId | true | undefined {
    return this.#stopping.whole ? (this.#stopping.case ?? true) : undefined;
  }

  get #budgetMs(): number {
    return this.#welcome?.budgetMs ?? LIMITS.decisionBudgetMs;
  }

  get #policy(): Policy {
    return this.#welcome?.policy ?? this.#options.brief?.policy ?? this.#left ?? OBSERVE;
  }

  seal(call: string, part: SealedPart, plaintext: Uint8Array): SealedContent[] {
    return this.#sealer === undefined ? [] : [this.#sealer.seal(call, part, plaintext)];
  }

  known(target: string): Known | undefined {
    return this.#known.get(target);
  }

  async begin(
    observation: Sensed,
    sealed: readonly SealedContent[],
    onAsk?: (offer?: Offer) => void,
    identity?: IdentityEvidence,
  ): Promise<Begun> {
    if (this.#link?.open === true) {
      const asked = this.#link.begin(observation, sealed, identity);
      const begun = await within(this.#budgetMs, asked);
      if (typeof begun === 'object') {
        this.#learn(targetOf(observation), begun);
        if (begun.waitMs === undefined) return begun;
        onAsk?.(this.#link.offerOf(observation, begun));
        return this.#answer(observation, sealed, begun, begun.waitMs);
      }
    }
    const begun = await this.#decideAlone(observation, identity !== undefined);
    // A hub that was only late has the call already, and hears with its end how it was decided.
    if (this.#link?.open === true) this.#rememberAlone(observation.id, begun.decision);
    else this.#spool.add({ ...observation, decidedAlone: begun.decision }, sealed);
    return begun;
  }

  async #decideAlone(observation: Sensed, isProved: boolean): Promise<Begun> {
    const { labels = [], hold = false } = this.#known.get(targetOf(observation)) ?? {};
    const stopped = this.#stopping.alone(isProved);
    if (stopped !== undefined) return { decision: stopped, labels, hold };
    const known = this.#known.get(targetOf(observation))?.labels;
    return (await this.#alone()).decide(observation, known);
  }

  /** A person's word, or the ledger's; a denial where the hub can bring none. */
  async #answer(
    observation: Sensed,
    sealed: readonly SealedContent[],
    begun: Begun,
    waitMs: number,
  ): Promise<Begun> {
    const answer = this.#answers.wait(observation.id);
    const decision = await within(waitMs + ANSWER_GRACE_MS, answer);
    this.#answers.forget(observation.id);
    if (typeof decision === 'object') return { ...begun, decision };
    // It waited for the ledger alone, and nothing is denied here.
    if (begun.decision.action === 'allow' && begun.decision.mode !== 'enforce') return begun;
    // A rule has held the call: what a dying hub leaves open is no consent.
    const denied: Decision = {
      ...begun.decision,
      action: 'deny',
      reason: 'fail-closed',
      by: 'sensor',
    };
    this.#spool.add({ ...observation, decidedAlone: denied }, sealed);
    return { ...begun, decision: denied };
  }

  async tell(
    op: 'begin' | 'end',
    observation: Sensed,
    sealed: readonly SealedContent[],
    labels: readonly Label[],
    identity?: IdentityEvidence,
  ): Promise<void> {
    const alone = this.#decidedAlone.has(observation.id);
    if (!alone && this.#link?.post(op, observation, sealed, identity) === true) return;
    if (op === 'end') await this.end(observation, sealed, labels);
    else if (this.#link?.open === true) await this.begin(observation, sealed, undefined, identity);
    else {
      // It has gone on: written down before its end can be, whatever the rules make of it.
      this.#spool.add(goneOn(observation), sealed);
      await (await this.#alone()).decide(observation, labels);
    }
  }

  #learn(target: string, { labels, hold }: Known): void {
    if (this.#known.size >= LIMITS.toolsPerServerMax) this.#known.clear();
    this.#known.set(target, { labels, hold });
  }

  /** Undefined when the hub could not be told; the observation is kept for later then. */
  async end(
    observation: Sensed,
    sealed: readonly SealedContent[],
    labels: readonly Label[],
  ): Promise<Ended | undefined> {
    const decidedAlone = this.#decidedAlone.get(observation.id);
    this.#decidedAlone.delete(observation.id);
    if (this.#link?.open === true) {
      const told = decidedAlone === undefined ? observation : { ...observation, decidedAlone };
      const ended = await within(this.#budgetMs, this.#link.end(told, sealed));
      // A hub that is late has it all the same; only a broken connection may have lost it.
      if (ended === 'late' && !this.enforces) return undefined;
      if (typeof ended === 'object') return ended;
      if (ended === 'failed') this.#spool.add(observation, sealed);
    } else this.#spool.add(observation, sealed);
    // A rule may want some of the result masked, also where nobody answers.
    return { decision: await (await this.#alone()).ended(observation, labels) };
  }

  #rememberAlone(id: string, decision: Decision): void {
    if (this.#decidedAlone.size >= LIMITS.pendingRequestsMax) this.#decidedAlone.clear();
    this.#decidedAlone.set(id, decision);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#delivering;
    await this.#link?.close();
    this.#spool.handOver();
  }

  async #firstContact(): Promise<void> {
    const untilMs = performance.now() + LIMITS.hubStartMs;
    for (let waitMs = RETRY_FIRST_MS; !this.#closed; waitMs = Math.min(waitMs * 1.5, 250)) {
      if (await this.#connect()) break;
      if (!this.#start() && this.#startedMs === 0) break;
      if (this.#options.brief !== undefined || performance.now() > untilMs) break;
      await delay(waitMs);
    }
    if (this.#link === undefined) await this.#firstAlone();
    this.#ready = undefined;
  }

  /** What is seen first is examined for the same as all that follows. */
  async #firstAlone(): Promise<void> {
    this.#wentDown();
    if (this.#closed || this.#options.brief !== undefined) return;
    // Rules that cannot be read are told of where something has to be decided by them.
    this.#askedAlone = await this.#alone().then(
      (alone) => alone.asked(),
      () => undefined,
    );
  }

  /** True when a hub was started just now. */
  #start(): boolean {
    const { startHub } = this.#options;
    const nowMs = performance.now();
    if (
      startHub === undefined ||
      this.#place.kind !== 'here' ||
      (this.#startedMs > 0 && nowMs - this.#startedMs < START_EVERY_MS)
    ) {
      return false;
    }
    this.#startedMs = nowMs;
    startHub();
    return true;
  }

  async #connect(): Promise<boolean> {
    try {
      const opened = await (this.#place.kind === 'here' ? this.#openHere() : this.#openElsewhere());
      if (opened === undefined) return false;
      const { link, welcome, lost } = opened;
      await this.#adopt(welcome, link);
      if (lost > 0) await link.lost(lost);
      // A newer Spoor brings its own hub, to which the older one hands over.
      if (isNewer(this.#hello.sensor.version, welcome.version)) this.#start();
      this.#why = 'HUB_UNREACHABLE';
      this.#options.onState?.('up', '');
      this.#deliver();
      return true;
    } catch (error) {
      if (error instanceof CodedError && error.code === 'STATE_FOLDER_UNSAFE') throw error;
      if (this.#place.kind !== 'here') this.#noteRefusal(error);
      return false;
    }
  }

  /** Undefined where no hub has run yet. */
  async #openHere(): Promise<Opened | undefined> {
    const { home } = this.#options;
    const token = readToken(home);
    if (token === undefined) return undefined;
    const lost = this.#spool.handOver();
    return { ...(await this.#open(home.socket, token)), lost };
  }

  /** By a key of this machine; the hub there asks for no token. */
  async #openElsewhere(): Promise<Opened> {
    const place = this.#place;
    if (place.kind === 'unreadable') throw place.error;
    const { connectEnrolled } = await import('@spoor/edge/remote');
    const connect = (): ReturnType<typeof connectEnrolled> => {
      if (place.kind === 'here') throw new CodedError('HUB_UNREACHABLE');
      return connectEnrolled(place.enrolment);
    };
    const opened = await this.#open(connect, '');
    // What was kept here is ours to send, since that hub does not see our folder.
    return { ...opened, lost: this.#spool.handOver() };
  }

  #open(target: Parameters<typeof Link.open>[0], token: string): ReturnType<typeof Link.open> {
    return Link.open(
      target,
      { ...this.#hello, token },
      (push) => this.#pushed(push),
      (unacked) => this.#linkClosed(unacked),
    );
  }

  #noteRefusal(error: unknown): void {
    const why = error instanceof CodedError ? error.code : 'HUB_UNREACHABLE';
    if (why === this.#why) return;
    this.#why = why;
    // Who was down before learns the better reason.
    if (this.#link === undefined && this.#ready === undefined && !this.#closed)
      this.#options.onState?.('down', why);
  }

  #deliver(): void {
    const place = this.#place;
    if (place.kind !== 'elsewhere' || this.#delivering !== undefined) return;
    this.#delivering = import('./deliver.ts')
      .then(({ deliver }) => deliver(this.#options.home.spool, place.enrolment))
      // What could not be sent lies there for the next time.
      .catch(() => undefined)
      .finally(() => {
        this.#delivering = undefined;
      });
  }

  async #adopt(welcome: Welcome, link: Link): Promise<void> {
    // The keys of the first welcome stay: fingerprints made before an outage must match those made
    // after it.
    if (this.#welcome?.printKey !== welcome.printKey) this.#keys = keysOf(welcome);
    await this.#prepareSealer(welcome.session, welcome.recipients);
    if (this.#sealer !== undefined) await link.key(this.#sealer.key.kek, this.#sealer.key.wrapped);
    this.#welcome = welcome;
    this.#stopping.told(welcome.stop);
    this.#link = link;
    if (this.#fallback !== undefined) (await this.#fallback).setPolicy(welcome.policy);
  }

  async #prepareSealer(session: string, recipients: readonly string[]): Promise<void> {
    if (recipients.length === 0 || this.#sealerSession === session) return;
    const { random } = this.#options;
    const { createSealer } = await import('@spoor/ledger/seal');
    this.#sealer = await createSealer({ session, recipients: [...recipients], random });
    this.#sealerSession = session;
  }

  #pushed(push: Push): void {
    if (push.kind === 'policy' && this.#welcome !== undefined) {
      this.#welcome = { ...this.#welcome, policy: push.policy };
    }
    if (push.kind === 'tool') this.#learn(push.tool, push);
    if (push.kind === 'stop') this.#stopping.told(push.stop);
    if (push.kind === 'decided') this.#answers.came(push.call, push.decision);
  }

  #linkClosed(unacked: readonly Unacked[]): void {
    this.#answers.failAll();
    for (const { observation, sealed } of unacked) this.#spool.add(goneOn(observation), sealed);
    if (this.#link === undefined || this.#closed) return;
    this.#link = undefined;
    this.#wentDown();
  }

  #wentDown(): void {
    if (this.#closed) return;
    this.#stopping.untold(this.#options.home.stops, this.#hello);
    if (this.#place.kind === 'here') this.#left ??= policyOf(this.#options.home, 'observe');
    this.#options.onState?.('down', this.#why);
    if (this.#options.brief !== undefined) return;
    void this.#alone();
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let waitMs = RETRY_FIRST_MS; !this.#closed; waitMs = Math.min(waitMs * 2, RETRY_MAX_MS)) {
      // An unref'ed timer: a sensor whose server has ended does not stay for the hub.
      await delay(this.#why === 'HUB_UNREACHABLE' ? waitMs : LIMITS.remoteRefusedMs);
      if (this.#closed || (await this.#connect())) return;
      this.#start();
    }
  }

  #alone(): Promise<Fallback> {
    this.#fallback ??= this.#loadFallback();
    return this.#fallback;
  }

  async #loadFallback(): Promise<Fallback> {
    const { Fallback } = await import('./fallback.ts');
    const { home, random, rulesFolder } = this.#options;
    const hello = this.#hello;
    if (this.#sealer === undefined) {
      await this.#prepareSealer(hello.sensor.id, readRecipients(home));
      const key = this.#sealer as Sealer | undefined;
      if (key !== undefined) this.#spool.key(key.key.kek, key.key.wrapped);
    }
    return new Fallback({
      server: hello.server.name,
      hook: hello.sensor.kind === 'hook',
      rulesFolder,
      random,
      nowMs: Date.now(),
      policy: this.#policy,
      ...(hello.mode === undefined ? {} : { mode: hello.mode }),
    });
  }
}

interface Opened {
  readonly link: Link;
  readonly welcome: Welcome;
  /** What the spool had no room for. */
  readonly lost: number;
}
