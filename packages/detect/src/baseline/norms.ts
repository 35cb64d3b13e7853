import { type CallId, type Facts, LIMITS, type Observation } from '@spoor/core';
import { type BaselineOptions, type BaselineRow, Baselines } from './baselines.ts';
import { Budgets, type Spender, type SpendRow } from './budgets.ts';
import { type BudgetsFile, NO_BUDGETS } from './budgets-file.ts';

/** What a call is told about itself when it is first seen, and at its end. */
export type NormFacts = Pick<Facts, 'baseline' | 'spend'>;

/** Facts of an observation that were worked out before. */
export function normsOf({ baseline, spend }: Facts): NormFacts | undefined {
  if (baseline === undefined && spend === undefined) return undefined;
  return { ...(baseline && { baseline }), ...(spend && { spend }) };
}

/** What has to be kept over a restart, in pieces of which each replaces the one with its key. */
export type NormRow =
  | BaselineRow
  | SpendRow
  /** How far in the hub's order all rows go. */
  | { readonly kind: 'seq'; readonly key: ''; readonly value: number };

/** What is left to be taken of what had changed, and how far that goes. */
interface Piece {
  readonly until: number;
  readonly left: number;
}

/**
 * What is usual and what was spent, as the detector asks for it. Everything up to a place in the
 * order may be restored from rows; observations up to there are then known, and keep what was
 * recorded of them.
 */
export class Norms {
  readonly baselines: Baselines;
  readonly budgets: Budgets;
  /** Calls that have begun and not ended, of those that it was reminded of. */
  readonly #reminded = new Set<CallId>();
  #seq = 0;
  #restoredSeq = 0;
  /** While what changed is taken in pieces. */
  #piece: Piece | undefined;

  constructor(options: BaselineOptions, budgets: BudgetsFile = NO_BUDGETS) {
    this.baselines = new Baselines(options);
    this.budgets = new Budgets(budgets);
  }

  /** How far in the order the rows go that were restored. */
  get keptSeq(): number {
    return this.#restoredSeq;
  }

  /** @param before what was said of a call when it was asked for */
  of(observation: Observation, before?: NormFacts): NormFacts | undefined {
    if (observation.seq <= this.#restoredSeq) return normsOf(observation.facts) ?? before;
    const baseline = before ? before.baseline : this.baselines.compare(observation);
    const spend = this.budgets.of(observation, before?.spend);
    if (baseline === undefined && spend === undefined) return undefined;
    return { ...(baseline && { baseline }), ...(spend && { spend }) };
  }

  /**
   * @param first seen for the first time
   * @param suspect a rule has matched
   */
  take(observation: Observation, { first, suspect }: { first: boolean; suspect: boolean }): void {
    const { seq } = observation;
    if (seq <= this.#restoredSeq) return;
    if (seq > this.#seq) this.#seq = seq;
    // What a list of tools says stands in its end.
    if (first || observation.kind === 'tool.list') this.baselines.take(observation, !suspect);
    this.budgets.take(observation);
  }

  /** Of a call that was decided on and recorded, after a restart: nothing is to be said of it. */
  remind(observation: Observation): void {
    const { id, outcome, detected = [] } = observation;
    if (outcome === 'denied') return;
    const first = !this.#reminded.has(id);
    if (outcome === 'pending') this.#reminded.add(id);
    else this.#reminded.delete(id);
    this.take(observation, { first, suspect: detected.length > 0 });
  }

  /** What a ledger knows of a call that no store does. */
  recall(seq: number, spender: Spender, units: number): void {
    if (seq <= this.#restoredSeq) return;
    if (seq > this.#seq) this.#seq = seq;
    this.budgets.charge(seq, spender, units);
  }

  /**
   * What has changed, in pieces: ask until none comes. Only with the last piece it is said how far
   * all of them go; what changed meanwhile says so itself, and comes with the pieces after.
   */
  takeRows(max: number = LIMITS.normRowsMax): readonly NormRow[] {
    const piece = this.#piece ?? this.#begin();
    if (piece === undefined) return [];
    const count = Math.min(max, piece.left);
    const rows: NormRow[] = [...this.baselines.takeRows(count), ...this.budgets.takeRows(count)];
    const left = piece.left - count;
    this.#piece = left > 0 ? { ...piece, left } : undefined;
    return left > 0 ? rows : [...rows, { kind: 'seq', key: '', value: piece.until }];
  }

  #begin(): Piece | undefined {
    const left = Math.max(this.baselines.changed, this.budgets.changed);
    return left === 0 ? undefined : { until: this.#seq, left };
  }

  /** Everything is to be written again. */
  markAll(): void {
    this.baselines.markAll();
    this.budgets.markAll();
  }

  /** Into new norms, before they have seen anything. */
  restore(rows: readonly NormRow[]): void {
    const spent: SpendRow[] = [];
    const learned: BaselineRow[] = [];
    for (const row of rows) {
      if (row.kind === 'seq') this.#restoredSeq = row.value;
      else if (row.kind === 'spend') spent.push(row);
      else learned.push(row);
    }
    this.baselines.restore(learned);
    this.budgets.restore(spent);
    this.#seq = this.#restoredSeq;
  }
}
