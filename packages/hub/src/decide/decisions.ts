import {
  type AskView,
  type CallId,
  CodedError,
  type ContentFacts,
  type Decision,
  type DecisionAction,
  type Detection,
  effectiveMode,
  hasAny,
  LIMITS,
  type Mode,
  newCaseId,
  type Observation,
  type Policy,
  type Random,
  READING_LABELS,
  SENSITIVE_LABELS,
  type SealedContent,
} from '@spoor/core';
import type { Detector, Step } from '@spoor/detect';
import type { Begun, Ended, Push, Sensed } from '@spoor/edge';
import type { Appended, Entry, Ledger } from '@spoor/ledger';
import type { RecordBatch } from '../bus.ts';
import type { Admission, Connection } from './admission.ts';
import { Asking } from './asking.ts';
import type { Answer } from './asks.ts';
import type { Definitions } from './definitions.ts';
import { count, detected, entryOf, withLedger } from './entry.ts';
import type { Keeping } from './keeping.ts';
import type { Sessions } from './sessions.ts';

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
  /** Every observation as admitted, before anything is decided on it. */
  readonly admitted?: (observation: Observation, connection: Connection) => void;
}

const LATER_MS = 1;
/** So much at once is done at once: it must not pile up behind a timer. */
const DUE_MAX = 64;

type EntryKind = 'call.request' | 'call.result' | 'definitions' | 'intent';

/** Calls once allowed by a person are forgotten after this. */
const ALLOWANCE_MS = 600_000;
const ALLOWANCES_MAX = 1_000;

/** A call that has begun, and the connection that it began on. */
interface Open {
  readonly observation: Observation;
  readonly connection: Connection;
}

/**
 * The path of every observation: admit, identify, label, write to the ledger, step the rules,
 * answer, record. One thread, in `seq` order.
 */
export class Decisions {
  readonly #options: DecisionsOptions;
  /** Calls that have begun: what their end is told with. */
  readonly #open = new Map<CallId, Open>();
  /** Calls that a person allowed once, until when. */
  readonly #allowances = new Map<string, number>();
  readonly #due: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #asking: Asking;
  #last: Appended | undefined;
  #lost = false;
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
    this.#asking = new Asking(options, {
      counts: this.counts,
      finish: () => this.finish(),
      append: (o, sealed) => this.#append('call.request', o, sealed),
      write: (entry) => this.#write(entry),
      durably: (...args) => this.#durably(...args),
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
  ): Begun | Promise<Begun> {
    const { detector } = this.#options;
    const admitted = this.#admit(connection, sensed);
    const { mode } = connection.hello;
    const allowOnce = this.#takeAllowance(admitted);
    const step = detector.step(admitted, { allowOnce, ...(mode === undefined ? {} : { mode }) });
    const labels = step.observation.tool?.labels ?? [];
    const begun = { labels, hold: hasAny(labels, READING_LABELS) };
    count(this.counts, 'begun');
    if (step.decision.action === 'ask') return this.#asking.ask(connection, step, begun, sealed);
    if (step.decision.action === 'allow' && hasAny(labels, SENSITIVE_LABELS)) {
      this.finish();
      const appended = this.#append('call.request', step.observation, sealed);
      const needed = mode ?? this.#serverMode(admitted);
      return this.#durably(appended, step.decision, needed).then((decision) => {
        const observation = withLedger({ ...detected(step), decision }, appended);
        this.#decided(connection, observation);
        this.#later(() => this.#settle(connection, observation, step));
        return { ...begun, decision };
      });
    }
    const { decision } = step;
    const observation: Observation = { ...detected(step), decision };
    this.#decided(connection, observation);
    this.#later(() => {
      const appended = this.#append('call.request', step.observation, sealed);
      this.#settle(connection, withLedger(observation, appended), step);
    });
    return { ...begun, decision };
  }

  /** Takes what has ended, what needed no decision, and what a sensor decided alone. */
  end(connection: Connection, sensed: Sensed, sealed: readonly SealedContent[]): Ended {
    const { detector } = this.#options;
    this.#asking.ended(connection, sensed.id as CallId);
    const admitted = this.#admit(connection, sensed);
    const begun = this.#begun(admitted);
    const merged = mergeEnd(admitted, begun, sensed.decidedAlone, this.#listed(admitted, sensed));
    if (sensed.decidedAlone !== undefined) count(this.counts, 'late');
    const step = detector.step(merged, { allowOnce: merged.outcome === 'pending' });
    count(this.counts, 'ended');
    const isBegun = merged.outcome === 'pending';
    // A call that is told of as begun has gone on, also where its sensor does not say who let it.
    const found = isBegun ? { decision: step.decision, ...detected(step) } : detected(step);
    if (isBegun) this.#decided(connection, found);
    else this.#closed(merged, begun !== undefined);
    this.#later(() => {
      if (isBegun) {
        const appended = this.#append(entryKind(merged), found, sealed);
        this.#settle(connection, withLedger(found, appended), step);
        return;
      }
      const { observation: kept, past } = this.#options.keeping.of(found);
      const appended = this.#append(entryKind(merged), kept, sealed);
      this.#recordEnd(connection, withLedger(kept, appended), step, past);
    });
    return { decision: step.decision };
  }

  /**
   * Resolves when all that was told so far is on disk. Rejects as the ledger says, and with
   * DURABILITY_LOST once after something could not be written at all.
   */
  async settled(): Promise<void> {
    this.finish();
    const lost = this.#lost;
    this.#lost = false;
    if (lost) throw new CodedError('DURABILITY_LOST');
    await this.#last?.durable();
  }

  #admit(connection: Connection, sensed: Sensed): Observation {
    const { admission, nowMs, admitted } = this.#options;
    const observation = admission.admit(connection, sensed, nowMs());
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
    if (observation.decision?.action === 'allow') this.#keepOpen(connection, observation);
    else count(this.counts, 'denied');
  }

  #closed(o: Observation, wasOpen: boolean): void {
    const { definitions } = this.#options;
    if (wasOpen && o.outcome !== 'input_required') this.#forget(o.id);
    if (o.tool === undefined || o.facts.result === undefined) return;
    const classes = o.facts.result.classes.map((found) => found.class);
    if (definitions.observe(o.server.name, o.tool.name, classes))
      this.#relabel(o.server.name, o.tool.name);
  }

  #recordEnd(connection: Connection, o: Observation, step: Step, past: readonly CallId[]): void {
    this.#options.record({ observations: [o], past });
    this.#alert(o, step.detections, o.decision ?? step.decision, past.length);
    this.#remember(connection);
  }

  /** The very call of a case may pass once: same session, server, tool and arguments. */
  allowOnce(observation: Observation): void {
    const key = allowanceKey(observation);
    if (key === undefined) return;
    const [oldest] = this.#allowances.keys();
    if (this.#allowances.size >= ALLOWANCES_MAX && oldest !== undefined)
      this.#allowances.delete(oldest);
    this.#allowances.set(key, this.#options.nowMs() + ALLOWANCE_MS);
  }

  /**
   * A sensor that came back may end what it began before; nobody ends a call of another session or
   * server.
   */
  #begun({ id, session, server }: Observation): Observation | undefined {
    const begun = this.#open.get(id)?.observation;
    const own = begun?.session.id === session.id && begun.server.name === server.name;
    return own ? begun : undefined;
  }

  /**
   * Calls whose end never comes make room: of their own connection first, so that no sensor crowds
   * out others.
   */
  #keepOpen(connection: Connection, observation: Observation): void {
    const [ownOldest] = connection.open;
    if (connection.open.size >= LIMITS.pendingRequestsMax) this.#giveUp(ownOldest);
    const [oldest] = this.#open.keys();
    if (this.#open.size >= LIMITS.openCallsMax) this.#giveUp(oldest);
    this.#open.set(observation.id, { observation, connection });
    connection.open.add(observation.id);
  }

  #giveUp(id: CallId | undefined): void {
    if (id === undefined) return;
    this.#forget(id);
    count(this.counts, 'openGivenUp');
  }

  #forget(id: CallId): void {
    this.#open.get(id)?.connection.open.delete(id);
    this.#open.delete(id);
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
      if (tool.change === 'changed') this.#relabel(admitted.server.name, tool.name);
    return facts;
  }

  #relabel(server: string, tool: string): void {
    const labels = this.#options.definitions.labels(server, tool);
    this.#options.relabelled(server, {
      kind: 'tool',
      tool,
      labels,
      hold: hasAny(labels, READING_LABELS),
    });
  }

  #takeAllowance(o: Observation): boolean {
    const key = allowanceKey(o);
    const untilMs = key === undefined ? undefined : this.#allowances.get(key);
    if (key === undefined || untilMs === undefined) return false;
    this.#allowances.delete(key);
    return untilMs >= o.time.hubMs;
  }

  #serverMode(o: Observation): Mode {
    return effectiveMode(this.#options.policy(), '', o.server.name);
  }

  /**
   * Undefined where the ledger cannot take it: that is counted and shown, and decided on by
   * `#durably`.
   */
  #append(kind: EntryKind, o: Observation, sealed: readonly SealedContent[]): Appended | undefined {
    return this.#write(entryOf(kind, o), sealed);
  }

  #write(entry: Entry, sealed: readonly SealedContent[] = []): Appended | undefined {
    const { ledger } = this.#options;
    try {
      const appended = ledger.append(entry, sealed);
      this.#last = appended ?? this.#last;
      this.#lost ||= appended === undefined;
      return appended;
    } catch {
      this.#lost = true;
      if (entry.kind === 'events.dropped') return undefined;
      count(this.counts, 'notWritten');
      // Evidence that is missing is itself evidence.
      this.#write({
        kind: 'events.dropped',
        seq: entry.seq ?? 0,
        detail: { kind: entry.kind, count: 1 },
      });
      return undefined;
    }
  }

  /** A sensitive call goes on only with its entry on disk. */
  async #durably(
    appended: Appended | undefined,
    decision: Decision,
    mode: Mode,
  ): Promise<Decision> {
    try {
      if (appended === undefined) throw new CodedError('LEDGER_WRITE_FAILED');
      await appended.durable();
      return decision;
    } catch {
      count(this.counts, 'notDurable');
      return {
        action: mode === 'enforce' ? 'deny' : 'allow',
        wanted: 'deny',
        rule: '',
        reason: 'durability',
        case: newCaseId(this.#options.random),
        mode,
        by: 'hub',
      };
    }
  }

  #settle(
    connection: Connection,
    observation: Observation,
    { detections }: Pick<Step, 'detections'>,
  ): void {
    const decision = observation.decision as Decision;
    const denied = decision.action !== 'allow' && decision.action !== 'ask';
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
    const entry = spoke ? this.#write(entryOf('decision', kept)) : undefined;
    this.#alert(kept, detections, decision, past.length, entry?.index);
    this.#remember(connection);
  }

  #alert(
    o: Observation,
    detections: readonly Detection[],
    decision: Decision,
    past: number,
    index?: number,
  ): void {
    if (detections.length === 0) return;
    const { ledger, record } = this.#options;
    const records = detections.map((detection) => {
      const entry = this.#write({
        ...entryOf('alert', o),
        detail: { rule: detection.rule.id, past },
      });
      const ledgerIndex = index ?? entry?.index;
      return {
        detection,
        // What was done is the same for all rules that matched this call; what they wanted is not.
        decision: { ...decision, wanted: wantedBy(detection) },
        ...(ledgerIndex === undefined ? {} : { ledgerIndex }),
        ...(ledger.published === undefined ? {} : { checkpoint: ledger.published.note }),
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

function entryKind({ kind, outcome }: Observation): EntryKind {
  if (outcome === 'pending') return 'call.request';
  return kind === 'tool.list' ? 'definitions' : kind === 'intent' ? 'intent' : 'call.result';
}

/** Arguments are known by their keyed digest alone. */
function allowanceKey({ session, server, tool, method, facts }: Observation): string | undefined {
  const digest = (facts.request as ContentFacts | undefined)?.digest;
  return digest === undefined
    ? undefined
    : [session.id, server.name, tool?.name ?? method, digest].join('\n');
}

/** The end of a call knows what its beginning knew. */
function mergeEnd(
  end: Observation,
  begun: Observation | undefined,
  alone: Decision | undefined,
  definitions: Observation['facts']['definitions'],
): Observation {
  const request = end.facts.request ?? begun?.facts.request;
  // What happened is what the sensor did, if the hub was too late.
  const decision = alone ?? begun?.decision;
  // An embedding may have come while the call was open.
  const { embedding } = end.intent ?? {};
  const same = begun?.intent?.cluster === end.intent?.cluster;
  const late = same && embedding !== undefined ? { embedding } : {};
  return {
    ...end,
    ...(begun?.tool === undefined ? {} : { tool: begun.tool }),
    ...(begun === undefined
      ? {}
      : { cause: begun.cause, trace: begun.trace, session: begun.session }),
    ...(begun?.intent === undefined ? {} : { intent: { ...late, ...begun.intent } }),
    ...(begun?.detected === undefined ? {} : { detected: begun.detected }),
    ...(decision === undefined ? {} : { decision }),
    covered: end.covered && begun?.covered !== false,
    facts: {
      ...end.facts,
      ...(request === undefined ? {} : { request }),
      flows: begun?.facts.flows ?? [],
      ...(definitions === undefined ? {} : { definitions }),
    },
  };
}
