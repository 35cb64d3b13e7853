import type { Checks, Outcomes } from './suite.ts';

/** Checks of one scenario that only one of two arms has, each as often as it is missing. */
export interface Difference {
  readonly scenario: string;
  readonly onlyDirect: Checks;
  readonly onlyWrapped: Checks;
}

/** What is left of `checks` after each of `others` has taken its equal away. */
const without = (checks: Checks, others: Checks): Checks => {
  const left = [...checks];
  for (const other of others) {
    const at = left.indexOf(other);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
};

export const sameChecks = (a: Checks, b: Checks): boolean =>
  without(a, b).length === 0 && without(b, a).length === 0;

export const differencesBetween = (direct: Outcomes, wrapped: Outcomes): readonly Difference[] =>
  [...new Set([...direct.keys(), ...wrapped.keys()])].sort().flatMap((scenario) => {
    const [ours, theirs] = [direct.get(scenario) ?? [], wrapped.get(scenario) ?? []];
    return sameChecks(ours, theirs)
      ? []
      : [{ scenario, onlyDirect: without(ours, theirs), onlyWrapped: without(theirs, ours) }];
  });

export const countIdentical = (direct: Outcomes, wrapped: Outcomes): number => {
  let count = 0;
  for (const [scenario, checks] of direct) {
    count += checks.length - without(checks, wrapped.get(scenario) ?? []).length;
  }
  return count;
};
