import type { Facts, Observation } from '@spoor/core';
import { type BaselineOptions, type BaselineRow, Baselines } from './baselines.ts';

/** What a call is told about itself when it is first seen; at its end the same holds. */
export type NormFacts = Pick<Facts, 'baseline'>;

/** Facts of an observation that were worked out before. */
export const normsOf = ({ baseline }: Facts): NormFacts | undefined =>
  baseline === undefined ? undefined : { baseline };

/** What has to be kept over a restart, in pieces of which each replaces the one with its key. */
export type NormRow =
  | BaselineRow
  /** How far in the hub's order all rows go. */
  | { readonly kind: 'seq'; readonly key: ''; readonly value: number };

/**
 * What is usual, as the detector asks for it. Everything up to a place in the order may be restored
 * from rows; observations up to there are then known, and keep what was recorded of them.
 */
export class Norms {
  readonly baselines: Baselines;
  #seq = 0;
  #restoredSeq = 0;

  constructor(options: BaselineOptions) {
    this.baselines = new Baselines(options);
  }

  of(observation: Observation): NormFacts | undefined {
    if (observation.seq <= this.#restoredSeq) return normsOf(observation.facts);
    const baseline = this.baselines.compare(observation);
    return baseline === undefined ? undefined : { baseline };
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
  }

  /** What has changed since it was last asked, or everything. */
  takeRows(all = false): readonly NormRow[] {
    const rows = this.baselines.takeRows(all);
    if (rows.length === 0) return [];
    return [...rows, { kind: 'seq', key: '', value: this.#seq }];
  }

  /** Into new norms, before they have seen anything. */
  restore(rows: readonly NormRow[]): void {
    this.baselines.restore(rows.filter((row) => row.kind !== 'seq'));
    for (const row of rows) if (row.kind === 'seq') this.#restoredSeq = row.value;
    this.#seq = this.#restoredSeq;
  }
}
