import { LABELS, type Label, type Observation } from '@spoor/core';
import type { Predicate } from '../rules/types.ts';
import type { Field } from '../schema.ts';

const SIGNATURES_MAX = 10_000;

const bit = new Map<Label, number>(LABELS.map((label, i) => [label, 1 << i]));
const maskOf = (labels: Iterable<Label>): number => {
  let mask = 0;
  for (const label of labels) mask |= bit.get(label) ?? 0;
  return mask;
};

/**
 * Which predicates can match at all. Observations have few distinct signatures of kind, outcome and
 * labels, so what these leave is worked out once for each. Of that, predicates that ask for certain
 * values of a field are found by the values: rules that cannot match cost nothing.
 */
export class Candidates {
  readonly #predicates: readonly Predicate[];
  /** By kind and outcome, then by labels. */
  readonly #byKind = new Map<string, Map<string, Map<number, Index>>>();
  #signatures = 0;

  constructor(predicates: readonly Predicate[]) {
    this.#predicates = predicates;
  }

  /** Each once, in the order of their numbers. */
  of(observation: Observation): readonly number[] {
    const labels = maskOf(observation.tool?.labels ?? []);
    const { kind, outcome } = observation;
    let index = this.#byKind.get(kind)?.get(outcome)?.get(labels);
    if (!index) {
      index = indexOf(this.#predicates, this.#find(observation, labels));
      if (this.#signatures++ < SIGNATURES_MAX) this.#keep(kind, outcome, labels, index);
    }
    return lookUp(index, observation);
  }

  #keep(kind: string, outcome: string, labels: number, index: Index): void {
    const byOutcome = this.#byKind.get(kind) ?? new Map<string, Map<number, Index>>();
    this.#byKind.set(kind, byOutcome);
    const byLabels = byOutcome.get(outcome) ?? new Map<number, Index>();
    byOutcome.set(outcome, byLabels);
    byLabels.set(labels, index);
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

type Place = Field<Observation>;

/** Predicates that are tried always, and those that a value of a field leads to. */
interface Index {
  readonly always: readonly number[];
  readonly byField: ReadonlyMap<Place, ReadonlyMap<string, readonly number[]>>;
}

/** Fewer are tried as fast as they are looked up. */
const INDEXED_MIN = 8;

function indexOf(predicates: readonly Predicate[], found: readonly number[]): Index {
  const always: number[] = [];
  const byField = new Map<Place, Map<string, number[]>>();
  for (const predicate of found) {
    const chosen = found.length < INDEXED_MIN ? undefined : narrowest(predicates[predicate]);
    if (!chosen) {
      always.push(predicate);
      continue;
    }
    const [field, values] = chosen;
    const lists = byField.get(field) ?? new Map<string, number[]>();
    byField.set(field, lists);
    for (const value of values) lists.set(value, [...(lists.get(value) ?? []), predicate]);
  }
  return { always, byField };
}

/** The field with the fewest values to find the predicate by. */
function narrowest(
  predicate: Predicate | undefined,
): readonly [Place, ReadonlySet<string>] | undefined {
  const fields = [...(predicate?.needs.values ?? [])];
  return fields.sort(([, a], [, b]) => a.size - b.size)[0];
}

function lookUp({ always, byField }: Index, observation: Observation): readonly number[] {
  let found: readonly number[] | undefined;
  for (const [field, lists] of byField) {
    const value = field.get(observation);
    const values = typeof value === 'object' ? value : [value];
    for (const one of values) {
      const list = lists.get(String(one).toLowerCase());
      // Most observations lead nowhere, and cost no more than the look.
      if (list !== undefined) found = found === undefined ? list : union(found, list);
    }
  }
  if (found === undefined) return always;
  return always.length === 0 ? found : union(always, found);
}

const union = (a: readonly number[], b: readonly number[]): readonly number[] =>
  [...new Set([...a, ...b])].sort((one, other) => one - other);
