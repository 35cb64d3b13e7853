import {
  ALLOW,
  type AskView,
  type CallId,
  type CaseId,
  type Decision,
  type DecisionAction,
  type Detection,
  effectiveMode,
  failsClosed,
  goesOn,
  hasAny,
  type Label,
  type Mode,
  newCaseId,
  type Observation,
  type Policy,
  type Principal,
  type Random,
  READING_LABELS,
  type SealedContent,
  type SessionId,
} from '@spoor/core';
import type { Detector, Step, StepOptions } from '@spoor/detect';
import type { Begun, Ended, Push, Sensed } from '@spoor/edge';
import type { Appended, Ledger } from '@spoor/ledger';
import type { RecordBatch } from '../bus.ts';
import type { Admission, Connection } from './admission.ts';
import { Allowances } from './allowances.ts';
import { Asking, type Elicited } from './asking.ts';
import type { Answer } from './asks.ts';
import type { Definitions } from './definitions.ts';
import { count, detected, entryOf, evidenceOf, withLedger } from './entry.ts';
import type { Keeping } from './keeping.ts';
import type { Levels } from './levels.ts';
import { entryKind, mergeEnd } from './merge.ts';
import { OpenCalls } from './open-calls.ts';
import type { Sessions } from './sessions.ts';
import { Writing, waitsApart } from './writing.ts';

export interface DecisionsOptions {
  readonly admission: Admission;
  readonly definitions: Definitions;
  readonly sessions: Sessions;
  readonly detector: Detector;
  readonly keeping: Keeping;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly policy: () => Policy;
  readonly record: (part: Partial<RecordBatch>) => void;
  /** Sensors of that server are to know. */
  readonly relabelled: (server: string, push: Push) => void;
  /** The sensor of that connection is to know. */
  readonly tell: (connection: Connection, push: Push) => void;
  /** What waits for a person has changed. */
  readonly asksChanged: () => void;
  /** What a call waits for a person. */
  readonly askTimeoutMs: number;
  /** How sure the entry of a call must be before it goes on. */
  readonly levels: Levels;
  /** What stops such a call, if anything does. */
  readonly stopOf?: (connection: Connection, observation: Observation) => CaseId | undefined;
  /** Id of the owner's exception that lets this call pass that rule. */
  readonly exceptionOf?: StepOptions['exceptionOf'];
  /** Is there a rule that masks results? */
  readonly masksResults?: boolean;
  /** A rule puts the session aside until a person has looked. */
  readonly defer?: (session: SessionId, decision: Decision) => void;
  /** Is the client of that connection trusted to ask its user? */
  readonly elicits?: (connection: Connection) => boolean;
  /** Is its principal less proved than the owner asks for? */
  readonly isShort?: (observation: Observation) => boolean;
  /** Every observation as admitted, before anything is decided on it. */
  readonly admitted?: (observation: Observation, connection: Connection) => void;
}

const LATER_MS = 1;
/** So much at once is done at once: it must not pile up behind a timer. */
const DUE_MAX = 64;

/**
 * The path of every observation: admit, identify, label, write to the ledger, step the rules,
 * answer, record. One thread, in `seq` order.
 */
export class Decisions {
  readonly #options: DecisionsOptions;
  readonly #open: OpenCalls;
  readonly #allowances = new Allowances();
  readonly #writing: Writing;
  readonly #due: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #asking: Asking;
  readonly counts: Record<string, number> = {
    begun: 0,
    ended: 0,
    denied: 0,
    late: 0,
    notDurable: 0,
    notWritten: 0,
    asked: 0,
  };

  constructor(options: DecisionsOptions) {
    this.#options = options;
    this.#open = new OpenCalls(this.counts);
    const { ledger, random } = options;
    this.#writing = new Writing({ ledger, random, counts: this.counts });
    this.#asking = new Asking(options, {
      counts: this.counts,
      finish: () => this.finish(),
      append: (o, sealed) => this.#writing.append('call.request', o, sealed),
      write: (entry) => this.#writing.write(entry),
      surely: (...args) => this.#writing.surely(...args),
      decided: (...args) => this.#decided(...args),
      settle: (...args) => this.#settle(...args),
    });
  }

  /** What waits for a person now. */
  get asks(): readonly AskView[] {
    return this.#asking.views;
  }

  /** Throws CASE_ANSWERED, CASE_CHANGED or APPROVER_NOT_INDEPENDENT. */
  answer(answer: Answer): Promise<Decision> {
    return this.#asking.answer(answer);
  }

  /** A word by way of the client whose call waits. Throws as `answer` does. */
  async elicited(connection: Connection, said: Elicited): Promise<Decision> {
    return this.#asking.elicited(connection, said);
  }

  /** Something was stopped: what waits for a person and is of it waits no more. */
  stopped(): void {
    this.#asking.stopped();
  }

  /** Nobody is left to go on: a sensor is gone or, without a connection, the hub stops. */
  withdraw(connection?: Connection): void {
    this.#asking.withdraw(connection);
  }

  /**
   * Decides a call that is asked for. The answer waits for nothing but the rules, and for the disk
   * where the tool is sensitive; entry and record follow it, in order.
   */
  begin(
    connection: Connection,
    sensed: Sensed,
    sealed: readonly SealedContent[],
    principal: Principal = connection.principal,
  ): Begun | Promise<Begun> {
    const { detector, policy } = this.#options;
    const admitted = this.#admit(connection, sensed, principal);
    const { mode } = connection.hello;
    const stop = this.#options.stopOf?.(connection, admitted);
    const allowOnce = stop === undefined && this.#allowances.take(admitted);
    const step = detector.step(admitted, {
      allowOnce,
      stop,
      exceptionOf: this.#options.exceptionOf,
      ...(mode === undefined ? {} : { mode }),
    });
    const labels = step.observation.tool?.labels ?? [];
    const begun = { labels, hold: this.#holds(labels) };
    count(this.counts, 'begun');
    if (step.decision.action === 'defer')
      this.#options.defer?.(connection.session.id, step.decision);
    if (step.decision.action === 'ask') return this.#asking.ask(connection, step, begun, sealed);
    if (goesOn(step.decision) && this.#options.levels.of(labels, policy()) !== 'buffered') {
      return this.#beginSurely(connection, step, begun, sealed);
    }
    const { decision } = step;
    const observation: Observation = { ...detected(step), decision };
    this.#decided(connection, observation);
    this.#later(() => {
      const asked = { ...step.observation, decision };
      const appended = this.#writing.append('call.request', asked, sealed);
      this.#settle(connection, withLedger(observation, appended), step);
    });
    return { ...begun, decision };
  }

  /**
   * The call goes on with its entry on disk. Where more is asked for, which takes longer than a
   * decision may, the sensor is told to wait, and the decision follows as a push.
   */
  #beginSurely(
    connection: Connection,
    step: Step,
    begun: Omit<Begun, 'decision'>,
    sealed: readonly SealedContent[],
  ): Begun | Promise<Begun> {
    const { levels, tell } = this.#options;
    this.finish();
    const asked = { ...step.observation, decision: step.decision };
    const appended = this.#writing.append('call.request', asked, sealed);
    const mode = connection.hello.mode ?? this.#serverMode(step.observation);
    const level = levels.of(begun.labels, this.#options.policy());
    const { withinMs } = levels;
    const isClosed = failsClosed(this.#options.policy(), begun.labels);
    const options = { decision: step.decision, mode, withinMs, isClosed };
    const sure = this.#writing.surely(appended, level, options).then((decision) => {
      const observation = withLedger({ ...detected(step), decision }, appended);
      this.#decided(connection, observation);
      this.#later(() => this.#settle(connection, observation, step));
      return decision;
    });
    if (!waitsApart(level)) return sure.then((decision) => ({ ...begun, decision }));
    const call = step.observation.id;
    void sure.then((decision) => tell(connection, { kind: 'decided', call, decision }));
    return { ...begun, decision: { ...step.decision, mode }, waitMs: withinMs };
  }

  /** Takes what has ended, what needed no decision, and what a sensor decided alone. */
  end(
    connection: Connection,
    sensed: Sensed,
    sealed: readonly SealedContent[],
    principal: Principal = connection.principal,
  ): Ended {
    const { detector } = this.#options;
    this.#asking.ended(connection, sensed.id as CallId);
    const admitted = this.#admit(connection, sensed, principal);
    const begun = this.#open.begun(admitted);
    const merged = mergeEnd(admitted, begun, sensed.decidedAlone, this.#listed(admitted, sensed));
    if (sensed.decidedAlone !== undefined) count(this.counts, 'late');
    const { exceptionOf } = this.#options;
    const step = detector.step(merged, { allowOnce: merged.outcome === 'pending', exceptionOf });
    count(this.counts, 'ended');
    const isBegun = merged.outcome === 'pending';
    // A call that is told of as begun has gone on, also where its sensor does not say who let it.
    const masks = !isBegun && step.decision.wanted === 'modify';
    const found: Observation = {
      ...(isBegun ? { decision: step.decision } : {}),
      ...detected(step),
      ...(masks ? { decision: step.decision } : {}),
    };
    if (isBegun) this.#decided(connection, found);
    else {
      this.#closed(merged, begun !== undefined);
      if (sensed.decidedAlone === undefined) this.#deferAfter(connection, step);
    }
    this.#later(() => {
      if (isBegun) {
        const appended = this.#writing.append(entryKind(merged), found, sealed);
        this.#settle(connection, withLedger(found, appended), step);
        return;
      }
      const { observation: kept, past } = this.#options.keeping.of(found);
      const appended = this.#writing.append(entryKind(merged), kept, sealed);
      this.#recordEnd(connection, withLedger(kept, appended), step, past);
    });
    // Who held such a result gives it on when this returns: then a hub that is killed has it, too.
    if (hasAny(merged.tool?.labels ?? [], READING_LABELS)) this.finish();
    return { decision: step.decision };
  }

  /**
   * Resolves when all that was told so far is on disk. Rejects as the ledger says, and with
   * DURABILITY_LOST once after something could not be written at all.
   */
  settled(): Promise<void> {
    this.finish();
    return this.#writing.settled();
  }

  forgetSession(session: string): void {
    this.finish();
    this.#open.forgetSession(session);
  }

  /** The very call of a case may pass once. */
  allowOnce(observation: Observation): void {
    this.#allowances.add(observation, this.#options.nowMs());
  }

  #admit(connection: Connection, sensed: Sensed, principal: Principal): Observation {
    const { admission, nowMs, admitted, isShort } = this.#options;
    const known = admission.admit(connection, sensed, nowMs(), principal);
    const observation: Observation =
      isShort?.(known) === true ? { ...known, principal: { ...principal, short: true } } : known;
    admitted?.(observation, connection);
    return observation;
  }

  /** Does what no answer waits for, in the order in which the observations came. */
  finish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const work of this.#due.splice(0)) work();
  }

  /**
   * Entries and records follow a moment after the answers: work that follows an answer at once, on
   * the same core, wakes its sensor late.
   */
  #later(work: () => void): void {
    this.#due.push(work);
    if (this.#due.length >= DUE_MAX) this.finish();
    else this.#timer ??= setTimeout(() => this.finish(), LATER_MS);
  }

  #decided(connection: Connection, observation: Observation): void {
    if (observation.decision && goesOn(observation.decision))
      this.#open.keep(connection, observation);
    else count(this.counts, 'denied');
  }

  #closed(o: Observation, wasOpen: boolean): void {
    const { definitions } = this.#options;
    if (wasOpen && o.outcome !== 'input_required') this.#open.forget(o.id);
    if (o.tool === undefined || o.facts.result === undefined) return;
    const classes = o.facts.result.classes.map((found) => found.class);
    const seen = { call: o.id, atMs: o.time.hubMs };
    if (definitions.observe(o.server.name, o.tool.name, classes, seen))
      this.relabel(o.server.name, o.tool.name);
  }

  #recordEnd(connection: Connection, o: Observation, step: Step, past: readonly CallId[]): void {
    this.#options.record({ observations: [o], past });
    const entry =
      step.decision.wanted === 'modify' ? this.#writing.write(entryOf('decision', o)) : undefined;
    this.#alert(o, step.detections, o.decision ?? step.decision, past.length, entry);
    this.#remember(connection);
  }

  /** What a result shows cannot be undone; what its session does from here on can wait. */
  #deferAfter({ session, hello }: Connection, { detections, observation }: Step): void {
    const { policy, defer, random } = this.#options;
    // What telemetry tells of is late, and never blocks.
    if (hello.sensor.id === '') return;
    const found = detections.find(
      ({ response, exception, rule }) =>
        response === 'defer' &&
        exception === undefined &&
        (hello.mode ?? effectiveMode(policy(), rule.id, observation.server.name)) === 'enforce',
    );
    if (found === undefined) return;
    const decision = { ...ALLOW, rule: found.rule.id, case: newCaseId(random) };
    defer?.(session.id, decision);
  }

  #listed(admitted: Observation, sensed: Sensed): Observation['facts']['definitions'] {
    if (sensed.definitions === undefined) return undefined;
    const { definitions, record } = this.#options;
    const { facts, seen } = definitions.list(
      admitted.server.name,
      sensed.definitions,
      admitted.time.hubMs,
    );
    record({ definitions: seen });
    for (const { facts: tool } of seen)
      if (tool.change === 'changed') this.relabel(admitted.server.name, tool.name);
    return facts;
  }

  /** Tells sensors of that server what the tool's labels are now. */
  relabel(server: string, tool: string): void {
    const labels = this.#options.definitions.labels(server, tool);
    this.#options.relabelled(server, {
      kind: 'tool',
      tool,
      labels,
      hold: this.#holds(labels),
    });
  }

  /** Does the result wait until the hub has it? Also where a rule may want some of it masked. */
  #holds(labels: readonly Label[]): boolean {
    return hasAny(labels, READING_LABELS) || this.#options.masksResults === true;
  }

  #serverMode(o: Observation): Mode {
    return effectiveMode(this.#options.policy(), '', o.server.name);
  }

  #settle(
    connection: Connection,
    observation: Observation,
    { detections }: Pick<Step, 'detections'>,
  ): void {
    const decision = observation.decision as Decision;
    const denied = !goesOn(decision) && decision.action !== 'ask';
    const final: Observation = denied
      ? {
          ...observation,
          outcome: 'denied',
          errorType: 'denied',
          time: { ...observation.time, endMs: observation.time.hubMs },
        }
      : observation;
    const { observation: kept, past } = this.#options.keeping.of(final);
    this.#options.record({ observations: [kept], past });
    const spoke = decision.wanted !== 'allow' || decision.reason !== 'default';
    const entry = spoke ? this.#writing.write(entryOf('decision', kept)) : undefined;
    this.#alert(kept, detections, decision, past.length, entry);
    this.#remember(connection);
  }

  #alert(
    o: Observation,
    detections: readonly Detection[],
    decision: Decision,
    past: number,
    decided?: Appended,
  ): void {
    if (detections.length === 0) return;
    const { ledger, record } = this.#options;
    const records = detections.map((detection) => {
      const entry = this.#writing.write({
        ...entryOf('alert', o),
        detail: { rule: detection.rule.id, past, ...exceptedBy(detection) },
      });
      return {
        detection,
        // What was done is the same for all rules that matched this call; what they wanted is not.
        decision: { ...decision, wanted: wantedBy(detection) },
        ...evidenceOf(decided ?? entry, ledger),
      };
    });
    record({ detections: records });
  }

  #remember({ session }: Connection): void {
    const binding = this.#options.sessions.changed(session);
    if (binding !== undefined) this.#options.record({ bindings: [binding] });
  }
}

const wantedBy = ({ response }: Detection): DecisionAction =>
  response === 'alert' ? 'allow' : response;

const exceptedBy = ({ exception }: Detection): { readonly exception?: string } =>
  exception === undefined ? {} : { exception };
