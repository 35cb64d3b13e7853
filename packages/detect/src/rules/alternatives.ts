import { LIMITS, nearest } from '@spoor/core';
import type { YAMLMap } from 'yaml';
import { type Formula, parseFormula } from './boolean.ts';
import { checkKeys, mapAt, RuleFault, textAt } from './document.ts';
import { countBounds, readBounds } from './threshold.ts';
import type { Alternative } from './types.ts';

/**
 * The ways in which a `temporal` rule can be met. Without a condition all of its rules match; with
 * `gte: 2` any two of them; with an extended condition what that says.
 *
 * @param names what the rules are called here, in their order
 */
export function readAlternatives(
  correlation: YAMLMap,
  names: readonly string[],
): readonly Alternative[] {
  const node: unknown = correlation.get('condition', true);
  const all = names.map((_, at) => at);
  if (node === undefined) return [{ steps: all, never: [] }];
  if (typeof correlation.get('condition') !== 'string') return readNumber(correlation, all);
  const formula = parseFormula<number>(
    textAt(correlation, 'condition'),
    { named: (name) => placeOf(name, names) },
    node,
  );
  const found = ways(formula, false, node);
  const possible = found.filter(({ steps, never }) => steps.every((one) => !never.includes(one)));
  if (possible.length === 0 || possible.some(({ steps }) => steps.length === 0))
    throw new RuleFault(
      'unbounded',
      node,
      'each way to meet it needs a match: what never happens has no time at which to say so',
    );
  const idle = names.find((_, at) => !found.some((way) => touches(way, at)));
  if (idle !== undefined)
    throw new RuleFault('condition', node, `“${idle}” stands in “rules” and not in “condition”`);
  return possible;
}

const touches = ({ steps, never }: Alternative, at: number): boolean =>
  steps.includes(at) || never.includes(at);

function placeOf(name: string, names: readonly string[]): number | string {
  const at = names.indexOf(name);
  return at >= 0 ? at : `“rules” has no “${name}”; did you mean “${nearest(name, names)}”?`;
}

/** How many of the rules are to match. */
function readNumber(correlation: YAMLMap, all: readonly number[]): readonly Alternative[] {
  const condition = mapAt(correlation, 'condition');
  checkKeys(condition, ['gt', 'gte', 'eq']);
  const bounds = readBounds(condition);
  const isMet = (count: number): boolean =>
    bounds.every(({ operator, limit }) =>
      operator === 'gt' ? count > limit : operator === 'gte' ? count >= limit : count === limit,
    );
  countBounds(bounds, isMet, condition);
  const size = all.findIndex((at) => isMet(at + 1)) + 1;
  if (size === 0)
    throw new RuleFault('bad-value', condition, `there are only ${all.length} rules to match`);
  const exact = bounds.some(({ operator }) => operator === 'eq');
  return limited(choose(all, size), condition).map((steps) => ({
    steps,
    never: exact ? all.filter((one) => !steps.includes(one)) : [],
  }));
}

function choose(items: readonly number[], size: number): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  return items.flatMap((item, at) =>
    choose(items.slice(at + 1), size - 1).map((rest) => [item, ...rest]),
  );
}

/** The disjunctive normal form: one alternative is enough, and each is followed by itself. */
function ways(formula: Formula<number>, negated: boolean, node: unknown): readonly Alternative[] {
  if (formula.op === 'leaf')
    return [negated ? { steps: [], never: [formula.leaf] } : { steps: [formula.leaf], never: [] }];
  if (formula.op === 'not') return ways(formula.item, !negated, node);
  const parts = formula.items.map((item) => ways(item, negated, node));
  if ((formula.op === 'or') !== negated) return limited(parts.flat(), node);
  return parts.reduce((found, part) =>
    limited(
      found.flatMap((a) => part.map((b) => together(a, b))),
      node,
    ),
  );
}

const together = (a: Alternative, b: Alternative): Alternative => ({
  steps: [...new Set([...a.steps, ...b.steps])],
  never: [...new Set([...a.never, ...b.never])],
});

function limited<T>(found: readonly T[], node: unknown): readonly T[] {
  if (found.length <= LIMITS.ruleAlternativesMax) return found;
  const message = `there are more than ${LIMITS.ruleAlternativesMax} ways to meet this condition`;
  throw new RuleFault('unbounded', node, message);
}
