import {
  type AskView,
  type CallId,
  CodedError,
  type Decision,
  type Detection,
  type FlowEdge,
  LIMITS,
  type Observation,
} from '@spoor/core';
import type { Begun } from '@spoor/edge';
import type { Appended } from '@spoor/ledger';
import type { Connection } from './admission.ts';
import type { Session } from './sessions.ts';

/** A call that waits for a person, with all that its answer needs. */
export interface Waiting {
  readonly connection: Connection;
  /** With the decision `ask`. */
  readonly observation: Observation;
  readonly detections: readonly Detection[];
  readonly begun: Omit<Begun, 'decision'>;
  /** Its entry in the ledger. */
  readonly appended: Appended | undefined;
  /** Wall-clock time at which it is denied. */
  readonly untilMs: number;
}

/** Why a call that waited is denied. */
export type Refusal = 'refused' | 'ask-timeout' | 'withdrawn' | 'stopped';

/** An answer, by whom and from where. */
export interface Answer {
  readonly case: string;
  readonly answer: 'approve' | 'deny';
  /** Of the arguments that the person was shown. */
  readonly digest: string;
  readonly by: 'ui' | 'cli' | 'elicitation';
  /** Processes above the one that answers, as `pid.start`; the UI has none. */
  readonly ancestors: readonly string[];
}

/** The calls that wait for a person, each until its time is over. */
export class Asks {
  readonly #waiting = new Map<string, Waiting>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #expired: (waiting: Waiting) => void;
  readonly #changed: () => void;

  constructor(expired: (waiting: Waiting) => void, changed: () => void) {
    this.#expired = expired;
    this.#changed = changed;
  }

  /** Is there no room for another one of this session? */
  isFull(session: Session): boolean {
    if (this.#waiting.size >= LIMITS.asksMax) return true;
    const own = [...this.#waiting.values()].filter(
      ({ connection }) => connection.session === session,
    );
    return own.length >= LIMITS.asksPerSessionMax;
  }

  get views(): readonly AskView[] {
    return [...this.#waiting.values()].map(viewOf);
  }

  add(waiting: Waiting, timeoutMs: number): void {
    const key = keyOf(waiting);
    this.#waiting.set(key, waiting);
    this.#timers.set(
      key,
      setTimeout(() => {
        this.#remove(key);
        this.#expired(waiting);
      }, timeoutMs),
    );
    this.#changed();
  }

  /**
   * The call that an answer is for; it waits no more. Throws CASE_ANSWERED, CASE_CHANGED or
   * APPROVER_NOT_INDEPENDENT.
   */
  take(answer: Answer): Waiting {
    const waiting = this.#waiting.get(answer.case);
    if (waiting === undefined) throw new CodedError('CASE_ANSWERED', answer.case);
    if (digestOf(waiting.observation) !== answer.digest)
      throw new CodedError('CASE_CHANGED', answer.case);
    // What runs below the host may be the host's own doing; to deny is free to all.
    const { hello } = waiting.connection;
    const { pid, start } = hello.host.process;
    // Clients of a gateway are not the program that started it.
    const isHost = hello.sensor.kind !== 'gateway';
    const within = isHost && answer.ancestors.includes(`${pid}.${start}`);
    if (within && answer.answer === 'approve')
      throw new CodedError('APPROVER_NOT_INDEPENDENT', answer.case);
    this.#remove(answer.case);
    return waiting;
  }

  /** The case of a call that waits on that connection. */
  caseOf(connection: Connection, call: CallId): string | undefined {
    const found = [...this.#waiting.values()].find(
      (one) => one.connection === connection && one.observation.id === call,
    );
    return found && keyOf(found);
  }

  /** Takes those of one call in its session, of one connection, or all. */
  withdraw(of: {
    readonly call?: CallId;
    readonly session?: Session;
    readonly connection?: Connection;
  }): readonly Waiting[] {
    return this.takeAll(
      ({ observation, connection }) =>
        (of.call === undefined || observation.id === of.call) &&
        (of.session === undefined || connection.session === of.session) &&
        (of.connection === undefined || connection === of.connection),
    );
  }

  /** Takes those of which it is true. */
  takeAll(isTaken: (waiting: Waiting) => boolean): readonly Waiting[] {
    const found = [...this.#waiting.values()].filter(isTaken);
    for (const waiting of found) this.#remove(keyOf(waiting));
    return found;
  }

  #remove(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#waiting.delete(key);
    this.#changed();
  }
}

/** The decision of a call that waited and may not go on. */
export const refusal = (asked: Decision, reason: Refusal): Decision => ({
  ...asked,
  action: 'deny',
  reason,
});

const keyOf = ({ observation }: Waiting): string => observation.decision?.case ?? observation.id;

export const digestOf = ({ facts }: Observation): string => facts.request?.digest ?? '';

function viewOf({ observation: o, detections, untilMs }: Waiting): AskView {
  const rule = detections.find((one) => one.rule.id === o.decision?.rule)?.rule;
  const projection = o.facts.request?.projection;
  return {
    case: o.decision?.case ?? '',
    call: o.id,
    session: o.session.id,
    agent: o.principal.agent,
    level: o.principal.level,
    server: o.server.name,
    tool: o.tool?.name ?? o.method,
    labels: o.tool?.labels ?? [],
    rule,
    why: whyOf(o, detections),
    digest: digestOf(o),
    ...(projection === undefined ? {} : { projection }),
    askedMs: o.time.hubMs,
    expiresMs: untilMs,
  };
}

/** The steps that led here, and where the arguments come from. */
function whyOf(o: Observation, detections: readonly Detection[]): readonly string[] {
  const asking = detections.find(({ rule }) => rule.id === o.decision?.rule);
  const steps = (asking?.path ?? []).map(
    ({ tool, server, step }, at) => `${at + 1}. ${tool} on ${server} — ${step}`,
  );
  const sources = Map.groupBy(o.facts.flows, ({ tool, server, inIntent }) =>
    [tool, server, inIntent].join('\n'),
  );
  const flows = [...sources.values()].map(flowLine);
  return [...steps, ...flows].slice(0, WHY_LINES_MAX);
}

/** One line for each source: a table of records would make hundreds. */
function flowLine(flows: readonly FlowEdge[]): string {
  const [{ tool, server, inIntent } = { tool: '', server: '', inIntent: false }] = flows;
  const named = flows.slice(0, ARGUMENTS_NAMED).map(({ to }) => to);
  const more = flows.length > named.length ? ` and ${flows.length - named.length} more` : '';
  const asked = inIntent ? 'the prompt holds it too' : 'the prompt does not hold it';
  return `Arguments hold what ${tool} on ${server} returned (${named.join(', ')}${more}); ${asked}.`;
}

const ARGUMENTS_NAMED = 3;
/** More explain nothing to a person who has a minute. */
const WHY_LINES_MAX = 20;
