import type { Observation } from '@spoor/core';
import type { Evaluation, Rule, RuleSet } from './types.ts';

/**
 * Ids of rules that cannot tell: they did not match, and might have, had content been looked at.
 * What a rule is made of counts for it.
 */
export function notCovered(
  { rules, predicates }: RuleSet,
  observation: Observation,
): readonly string[] {
  const evaluation: Evaluation = { observation, answer: (_, ask) => ask(observation) };
  const open = new Set(
    predicates.flatMap(({ may, test }, index) =>
      may?.(evaluation) === true && !test(evaluation) ? [index] : [],
    ),
  );
  if (open.size === 0) return [];
  return rules.filter((rule) => madeOf(rule).some((one) => open.has(one))).map(({ ref }) => ref.id);
}

const madeOf = ({ body }: Rule): readonly number[] =>
  body.type === 'single' ? [body.predicate] : body.predicates;

/** Rules that look at content, which not everybody who observes does. */
export const asksForContent = (rule: Rule, { predicates }: RuleSet): boolean =>
  madeOf(rule).some((index) => predicates[index]?.may !== undefined);
