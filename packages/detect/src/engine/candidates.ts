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
  readonly #bySignature = new Map<string, Index>();

  constructor(predicates: readonly Predicate[]) {
    this.#predicates = predicates;
  }

  /** Each once, in the order of their numbers. */
  of(observation: Observation): readonly number[] {
    const labels = maskOf(observation.tool?.labels ?? []);
    const signature = `${observation.kind} ${observation.outcome} ${labels}`;
    let index = this.#bySignature.get(signature);
    if (!index) {
      index = indexOf(this.#predicates, this.#find(observation, labels));
      if (this.#bySignature.size < SIGNATURES_MAX) this.#bySignature.set(signature, index);
    }
    return lookUp(index, observation);
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
  let found: Set<number> | undefined;
  for (const [field, lists] of byField) {
    const value = field.get(observation);
    const values = typeof value === 'object' ? value : [value];
    for (const one of values) {
      const list = lists.get(String(one).toLowerCase());
      if (list === undefined) continue;
      // Most observations lead nowhere, and cost no more than the look.
      found ??= new Set(always);
      for (const predicate of list) found.add(predicate);
    }
  }
  return found === undefined ? always : [...found].sort((a, b) => a - b);
}
