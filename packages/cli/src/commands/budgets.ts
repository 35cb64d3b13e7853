import type { BudgetStateView, BudgetView } from '@spoor/core';
import { hubApi } from '../client.ts';
import type { Command, Output } from '../command.ts';
import { paint, visible } from '../output.ts';

export const budgets: Command = {
  usage: '[--json]',
  summary: 'What was spent of each budget, by whom, and what is left.',
  flags: {},
  more: [
    'Budgets and costs stand in the file that the setting `budgets` names; docs/budgets.md has its',
    'form. The hub reads it when it starts.',
  ].join('\n'),
  run: async ({ flags, home, out }) => {
    const { rows } = await hubApi(home).get<{ readonly rows: readonly BudgetView[] }>(
      '/api/v1/budgets',
    );
    if (flags.json === true) out.json(rows);
    else if (rows.length === 0)
      out.line('There are no budgets: the setting `budgets` names no file.');
    else for (const row of rows) show(row, out);
    return 0;
  },
};

function show({ name, action, limit, of, windowMs, states, more }: BudgetView, out: Output): void {
  const whose = of.length === 0 ? 'of all' : `of each ${of.join(' and ')}`;
  const window = windowMs === undefined ? '' : ` in ${windowOf(windowMs)}`;
  out.line(`${paint(out, 'bold', name)}  ${limit} units ${whose}${window}, then ${action}`);
  if (states.length === 0) out.line('  nothing is spent');
  for (const state of states) out.line(stateLine(state, out));
  if (more > 0) out.line(`  and ${more} more`);
}

function stateLine({ group, spent, left, sinceMs }: BudgetStateView, out: Output): string {
  const whose = Object.entries(group)
    .map(([scope, name]) => `${scope} ${visible(name)}`)
    .join(', ');
  const since =
    sinceMs === undefined ? '' : `  since ${new Date(sinceMs).toISOString().slice(0, 16)}Z`;
  const rest = left === 0 ? paint(out, 'red', 'nothing left') : `${left} left`;
  return `  ${whose === '' ? 'all' : whose}  ${spent} spent, ${rest}${since}`;
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
] as const;

function windowOf(ms: number): string {
  const [size, unit] = UNITS.find(([one]) => ms % one === 0) ?? [1, 'ms'];
  return `${ms / size}${unit}`;
}
