import { LABELS, type Label, type Observation } from '@spoor/core';
import type { Predicate } from '../rules/types.ts';

const SIGNATURES_MAX = 10_000;

const bit = new Map<Label, number>(LABELS.map((label, i) => [label, 1 << i]));
const maskOf = (labels: Iterable<Label>): number => {
  let mask = 0;
  for (const label of labels) mask |= bit.get(label) ?? 0;
  return mask;
};

/**
 * Which predicates can match at all, by kind, outcome and labels. Observations have few distinct
 * signatures, so the list is worked out once for each and then only looked up: rules that cannot
 * match cost nothing.
 */
export class Candidates {
  readonly #predicates: readonly Predicate[];
  readonly #bySignature = new Map<string, readonly number[]>();

  constructor(predicates: readonly Predicate[]) {
    this.#predicates = predicates;
  }

  of(observation: Observation): readonly number[] {
    const labels = maskOf(observation.tool?.labels ?? []);
    const signature = `${observation.kind} ${observation.outcome} ${labels}`;
    const known = this.#bySignature.get(signature);
    if (known) return known;
    const found = this.#find(observation, labels);
    if (this.#bySignature.size < SIGNATURES_MAX) this.#bySignature.set(signature, found);
    return found;
  }

  #find({ kind, outcome }: Observation, labels: number): readonly number[] {
    const found: number[] = [];
    for (const [index, { needs }] of this.#predicates.entries()) {
      if (needs.kinds && !needs.kinds.has(kind)) continue;
      if (needs.labels && (maskOf(needs.labels) & labels) === 0) continue;
      // A denied call did not happen: only rules about denials see it.
      if (needs.outcomes ? !needs.outcomes.has(outcome) : outcome === 'denied') continue;
      found.push(index);
    }
    return found;
  }
}
