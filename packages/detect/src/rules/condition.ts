import { nearest } from '@spoor/core';
import { matchesGlob } from '../tool/labeler.ts';
import { type Formula, parseFormula } from './boolean.ts';
import type { Expression } from './expression.ts';

/** The condition over the selections of a detection. */
export function parseCondition(
  text: string,
  selections: ReadonlyMap<string, Expression>,
  node: unknown,
): Expression {
  const names = [...selections.keys()];
  const formula = parseFormula<Expression>(
    text,
    {
      named: (name) =>
        selections.get(name) ??
        `no selection is called “${name}”; did you mean “${nearest(name, names)}”?`,
      quantified: (pattern) => {
        const found = names.filter((name) => isMeant(pattern, name));
        if (found.length === 0) return `no selection is called “${pattern}”`;
        return found.flatMap((name) => selections.get(name) ?? []);
      },
    },
    node,
  );
  return expressionOf(formula);
}

/** Selections whose name begins with `_` are only meant where a pattern says so. */
function isMeant(pattern: string, name: string): boolean {
  if (name.startsWith('_') && !pattern.startsWith('_')) return false;
  return pattern.toLowerCase() === 'them' || matchesGlob(pattern, name);
}

function expressionOf(formula: Formula<Expression>): Expression {
  if (formula.op === 'leaf') return formula.leaf;
  if (formula.op === 'not') return { op: 'not', item: expressionOf(formula.item) };
  return { op: formula.op, items: formula.items.map(expressionOf) };
}
