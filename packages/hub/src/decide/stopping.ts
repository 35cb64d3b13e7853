import {
  type CaseId,
  CodedError,
  newCaseId,
  type Random,
  type Stop,
  type StopKind,
  type StopView,
} from '@spoor/core';
import type { Entry } from '@spoor/ledger';
import type { SensorServer } from '../sensors.ts';
import type { Decisions } from './decisions.ts';
import type { Sessions } from './sessions.ts';
import type { Stops } from './stops.ts';
import { wordsOf } from './words.ts';

/** Who says it, from where. */
export interface Said {
  readonly by: string;
  readonly reason: string;
  /** Processes above the one that says it, as `pid.start`; the UI has none. */
  readonly ancestors: readonly string[];
}

export type StopsQuestion =
  | ({ readonly kind: 'stops.add'; readonly stops: StopKind; readonly value: string } & Said)
  | ({ readonly kind: 'stops.remove'; readonly case: string } & Said);

interface StoppingOptions {
  readonly stops: Stops;
  readonly sessions: Pick<Sessions, 'hostsOf'>;
  readonly sensors: Pick<SensorServer, 'pushEach' | 'isWithin'>;
  readonly decisions: Pick<Decisions, 'stopped'>;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly note: (entry: Entry) => unknown;
  /** What people are shown has changed. */
  readonly changed: () => void;
}

/** Stops and resumes: file first, then ledger, then all sensors that run. */
export class Stopping {
  readonly #options: StoppingOptions;

  constructor(options: StoppingOptions) {
    this.#options = options;
    options.stops.deferred = (session, { rule, case: caseId }) => {
      const said = { by: `rule:${rule}`, reason: 'a rule put it aside' };
      this.add('session', session, said, caseId);
    };
  }

  /** Throws STOPS_FULL, STOP_UNKNOWN or APPROVER_NOT_INDEPENDENT. */
  answer(question: StopsQuestion): StopView {
    if (question.kind === 'stops.remove') return this.#resume(question);
    const { stops, value, reason, by } = question;
    return this.add(stops, value, { reason, by });
  }

  /** Everybody may stop, also from within. */
  add(
    kind: StopKind,
    value: string,
    { reason, by }: Pick<Said, 'reason' | 'by'>,
    caseId: CaseId = newCaseId(this.#options.random),
  ): StopView {
    const { stops, sessions, nowMs, decisions } = this.#options;
    const hosts = kind === 'session' ? { hosts: sessions.hostsOf(value) } : {};
    const stop: Stop = { case: caseId, kind, value, ...hosts, reason, by, atMs: nowMs() };
    stops.add(stop);
    this.#told('stop', stop, { reason, by });
    decisions.stopped();
    return viewOf(stop);
  }

  /** What stands below a stopped program, or below any that a sensor serves, resumes nothing. */
  #resume({ case: caseId, by, reason, ancestors }: StopsQuestion & { kind: 'stops.remove' }) {
    const { stops, sensors } = this.#options;
    const hosts = stops.find(caseId)?.hosts ?? [];
    if (sensors.isWithin(ancestors) || ancestors.some((one) => hosts.includes(one)))
      throw new CodedError('APPROVER_NOT_INDEPENDENT', caseId);
    const stop = stops.remove(caseId);
    this.#told('resume', stop, { reason, by });
    return viewOf(stop);
  }

  #told(word: 'stop' | 'resume', stop: Stop, { by, reason }: Pick<Said, 'reason' | 'by'>): void {
    const { sensors, stops, note, changed } = this.#options;
    const { kind, value, case: caseId } = stop;
    sensors.pushEach((connection) => ({ kind: 'stop', ...stops.notice(connection) }));
    note({
      kind: 'config.changed',
      ...(kind === 'session' ? { session: value } : {}),
      detail: { [word]: kind, value, case: caseId, by, reason: wordsOf(reason) },
    });
    changed();
  }
}

const viewOf = ({ hosts: _, ...stop }: Stop): StopView => ({ ...stop, denied: 0 });
