import {
  type AskView,
  type CallId,
  CodedError,
  type Decision,
  failsClosed,
  goesOn,
  LIMITS,
  type Observation,
  type SealedContent,
} from '@spoor/core';
import type { Step, StepOptions } from '@spoor/detect';
import type { Begun } from '@spoor/edge';
import type { Appended, Entry } from '@spoor/ledger';
import type { Connection } from './admission.ts';
import { type Answer, Asks, digestOf, type Refusal, refusal, type Waiting } from './asks.ts';
import { blind } from './blind.ts';
import type { DecisionsOptions } from './decisions.ts';
import { count, detected, entryOf, withLedger } from './entry.ts';
import type { Writing } from './writing.ts';

/** What the path of every observation does for one that waits, too. */
interface Steps {
  readonly counts: Record<string, number>;
  finish(): void;
  append(o: Observation, sealed: readonly SealedContent[]): Appended | undefined;
  write(entry: Entry): void;
  surely: Writing['surely'];
  decided(connection: Connection, o: Observation): void;
  settle(connection: Connection, o: Observation, step: Pick<Step, 'detections'>): void;
}

/** What a client's user has said, as its sensor tells it. */
export interface Elicited {
  readonly call: string;
  readonly answer: 'approve' | 'deny';
  readonly digest: string;
}

/** The way of a call that a rule asks a person about. */
export class Asking {
  readonly #options: DecisionsOptions;
  readonly #steps: Steps;
  readonly #asks: Asks;
  /** Calls that their host asks its user about: their end says that they went on. */
  readonly #askedInHost = new Map<CallId, Waiting>();

  constructor(options: DecisionsOptions, steps: Steps) {
    this.#options = options;
    this.#steps = steps;
    this.#asks = new Asks((waiting) => this.#refuse(waiting, 'ask-timeout'), options.asksChanged);
  }

  get views(): readonly AskView[] {
    return this.#asks.views;
  }

  /**
   * A rule wants a person's word: the call is written down and waits, unless its host asks its own
   * user.
   */
  ask(
    connection: Connection,
    step: Step,
    begun: Omit<Begun, 'decision'>,
    sealed: readonly SealedContent[],
  ): Begun {
    const { askTimeoutMs, nowMs } = this.#options;
    const inHost = connection.hello.asksInHost === true;
    const full = !inHost && this.#asks.isFull(connection.session);
    const untilMs = nowMs() + askTimeoutMs;
    const decision: Decision = full
      ? { ...step.decision, action: 'deny', reason: 'no-approver' }
      : { ...step.decision, expiresMs: untilMs };
    this.#steps.finish();
    const appended = this.#steps.append({ ...step.observation, decision }, sealed);
    const observation = withLedger({ ...detected(step), decision }, appended);
    count(this.#steps.counts, full ? 'denied' : 'asked');
    this.#steps.settle(connection, observation, step);
    const { detections } = step;
    const waiting = { connection, observation, detections, begun, appended, untilMs };
    if (inHost) this.#rememberInHost(waiting);
    else if (!full) this.#asks.add(waiting, askTimeoutMs);
    if (inHost || full) return { ...begun, decision };
    const elicit = this.#options.elicits?.(connection) === true ? { elicit: true as const } : {};
    return { ...begun, decision, waitMs: askTimeoutMs, ...elicit };
  }

  #rememberInHost(waiting: Waiting): void {
    const [oldest] = this.#askedInHost.keys();
    if (this.#askedInHost.size >= LIMITS.pendingRequestsMax && oldest !== undefined)
      this.#askedInHost.delete(oldest);
    this.#askedInHost.set(waiting.observation.id, waiting);
  }

  /**
   * A person's word on a call that waits: for that call and its exact arguments, once. Throws
   * CASE_ANSWERED, CASE_CHANGED or APPROVER_NOT_INDEPENDENT.
   */
  async answer(answer: Answer): Promise<Decision> {
    const waiting = this.#asks.take(answer);
    const { case: caseId, answer: said, by } = answer;
    this.#steps.write({
      ...entryOf('decision', waiting.observation),
      detail: {
        case: caseId,
        answer: said,
        by,
        digest: blind(waiting.observation, digestOf(waiting.observation)),
      },
    });
    if (said === 'deny') return this.#refuse(waiting, 'refused');
    return this.#approve(waiting);
  }

  /** Only of a call of its own, and only where the owner trusts that client with the question. */
  elicited(connection: Connection, { call, answer, digest }: Elicited): Promise<Decision> {
    const caseId = this.#asks.caseOf(connection, call as CallId);
    const isTrusted = this.#options.elicits?.(connection) === true;
    if (caseId === undefined || !isTrusted) throw new CodedError('CASE_ANSWERED', caseId ?? '');
    return this.answer({ case: caseId, answer, digest, by: 'elicitation', ancestors: [] });
  }

  /** Steps the rules again, at a place of its own in the order: much may have happened since. */
  #stepAgain({ connection, observation }: Waiting, consent: StepOptions): Step {
    const { admission, detector, nowMs } = this.#options;
    const { mode } = connection.hello;
    const again = admission.again(observation, nowMs());
    const stop = this.#options.stopOf?.(connection, again);
    const { exceptionOf } = this.#options;
    return detector.step(again, {
      ...consent,
      stop,
      exceptionOf,
      ...(mode === undefined ? {} : { mode }),
    });
  }

  async #approve(waiting: Waiting): Promise<Decision> {
    const { connection, observation, appended } = waiting;
    const step = this.#stepAgain(waiting, { approved: true });
    const consent = consented(observation, 'approved');
    const { mask } = step.decision;
    const isFree = goesOn(step.decision);
    const { levels } = this.#options;
    const { withinMs } = levels;
    const approved: Decision =
      mask === undefined ? consent : { ...consent, action: 'modify', mask };
    const labels = observation.tool?.labels ?? [];
    const policy = this.#options.policy();
    const isClosed = failsClosed(policy, labels);
    const level = isFree ? levels.of(labels, policy) : 'buffered';
    const { mode } = approved;
    const decision =
      level === 'buffered'
        ? isFree
          ? approved
          : step.decision
        : await this.#steps.surely(appended, level, {
            decision: approved,
            mode,
            withinMs,
            isClosed,
          });
    this.#decideAgain(waiting, step, decision);
    this.#options.tell(connection, { kind: 'decided', call: observation.id, decision });
    return decision;
  }

  #decideAgain({ connection, detections }: Waiting, step: Step, decision: Decision): void {
    const observation: Observation = { ...detected(step), decision };
    const known = new Set(detections.map(({ rule }) => rule.id));
    this.#steps.decided(connection, observation);
    // What was detected when the call began to wait is not detected twice.
    const fresh = step.detections.filter(({ rule }) => !known.has(rule.id));
    this.#steps.settle(connection, observation, { detections: fresh });
  }

  #refuse({ connection, observation }: Waiting, reason: Refusal): Decision {
    const { admission, nowMs, tell } = this.#options;
    const decision = refusal(observation.decision as Decision, reason);
    count(this.#steps.counts, 'denied');
    const final = { ...admission.again(observation, nowMs()), decision };
    this.#steps.settle(connection, final, { detections: [] });
    tell(connection, { kind: 'decided', call: observation.id, decision });
    return decision;
  }

  /** Of what waits, all that is stopped by now. */
  stopped(): void {
    const isStopped = ({ connection, observation }: Waiting): boolean =>
      this.#options.stopOf?.(connection, observation) !== undefined;
    for (const waiting of this.#asks.takeAll(isStopped)) this.#refuse(waiting, 'stopped');
  }

  /** Nobody is left to go on: the client took the call back, its sensor is gone, the hub stops. */
  withdraw(connection?: Connection): void {
    const of = connection === undefined ? {} : { connection };
    for (const waiting of this.#asks.withdraw(of)) this.#refuse(waiting, 'withdrawn');
  }

  /** The end of a call says what became of a question: taken back, or approved in its host. */
  ended({ session }: Connection, call: CallId): void {
    const inHost = this.#askedInHost.get(call);
    if (inHost?.connection.session === session) {
      this.#askedInHost.delete(call);
      const step = this.#stepAgain(inHost, { allowOnce: true });
      this.#decideAgain(inHost, step, consented(inHost.observation, 'approved-in-host'));
    }
    for (const waiting of this.#asks.withdraw({ call, session }))
      this.#refuse(waiting, 'withdrawn');
  }
}

/** The decision of a call that a person let go on. */
const consented = ({ decision }: Observation, reason: string): Decision => ({
  ...(decision as Decision),
  action: 'allow',
  reason,
});
