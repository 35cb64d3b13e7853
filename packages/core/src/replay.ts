import type { Level } from './detection.ts';

/** What rules say of what was recorded. */
export interface ReplayView {
  readonly history: HistoryView;
  readonly rules: readonly ReplayedRule[];
  /** Against another version of the rules, where one was given. */
  readonly differences?: readonly ReplayDifference[];
}

/** What there was to look at. */
export interface HistoryView {
  readonly observations: number;
  readonly sessions: number;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Their content was shredded: facts of it are gone. */
  readonly shredded: number;
  /** Sessions that began before: what came from there is not known. */
  readonly cutSessions: number;
  /** Lines of a file that are no observation. */
  readonly unreadable: number;
  /** False where a limit or a wish has ended it before all was looked at. */
  readonly complete: boolean;
}

export interface ReplayedRule {
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  /** `none`: no hits, and nothing could answer one of its fields, so that this says nothing. */
  readonly coverage: 'full' | 'partly' | 'none';
  /** Fields that some observations could not answer. */
  readonly notCovered: readonly FieldCoverage[];
  readonly hits: number;
  readonly hitSessions: number;
  /** Sessions that came so far, from the first step on; the last one is where it fires. */
  readonly funnel: readonly FunnelStep[];
  /** The newest of them. */
  readonly newest: readonly ReplayHit[];
}

export interface FieldCoverage {
  readonly field: string;
  /** Observations that could answer, of those that the field is about; of none, 0 of 0. */
  readonly answered: number;
  readonly of: number;
}

export interface FunnelStep {
  readonly step: string;
  readonly sessions: number;
}

export interface ReplayHit {
  readonly seq: number;
  readonly atMs: number;
  readonly session: string;
  readonly call: string;
  /** Server and tool of each step. */
  readonly path: readonly string[];
}

export interface ReplayDifference {
  readonly id: string;
  /** Absent where only one of the versions has the rule. */
  readonly only?: 'now' | 'before';
  readonly both: number;
  readonly found: readonly ReplayHit[];
  readonly lost: readonly ReplayHit[];
  readonly foundCount: number;
  readonly lostCount: number;
}
