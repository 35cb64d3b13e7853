import { BUDGET_ACTIONS, type Observation, type OverBudget } from '@spoor/core';
import type { Field } from '../schema.ts';

const over = ({ facts }: Observation): readonly OverBudget[] => facts.spend?.over ?? NONE;
const NONE: readonly OverBudget[] = [];

/** Fields of what a call costs. */
export const SPEND_FIELDS: readonly Field<Observation>[] = [
  {
    name: 'spend.cost',
    type: 'number',
    about:
      "What the call costs, in the units of the owner's budgets; at its end with what was used.",
    get: ({ facts }) => facts.spend?.cost,
  },
  {
    name: 'spend.over',
    type: 'strings',
    about: 'Names of the budgets whose limit the call passes.',
    get: (o) => over(o).map(({ name }) => name),
    words: (o) => {
      const cost = o.facts.spend?.cost ?? 0;
      return over(o)
        .slice(0, 3)
        .map((one) => wordsOf(one, cost))
        .join('; ');
    },
  },
  {
    name: 'spend.action',
    type: 'string',
    about: 'What these budgets want: `deny`, else `ask`, else `alert`.',
    get: (o) => BUDGET_ACTIONS.findLast((one) => over(o).some(({ action }) => action === one)),
  },
];

function wordsOf({ name, spent, limit, of, sinceMs }: OverBudget, cost: number): string {
  const whose = of.length === 0 ? 'all' : `the ${of.join(' and ')}`;
  const since = sinceMs === undefined ? '' : ` since ${minuteOf(sinceMs)}`;
  const state = `${spent} of ${limit} are spent${since}`;
  return `budget ${name} of ${whose}: ${state}, the call costs ${cost}`;
}

const minuteOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;
