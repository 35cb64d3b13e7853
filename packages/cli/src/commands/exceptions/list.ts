import { CodedError, type ExceptionsView, type ExceptionView } from '@spoor/core';
import { hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';

export async function listExceptions({ words, flags, home, out }: Context): Promise<number> {
  if (words.length > 1) throw new CodedError('USAGE', 'exceptions list');
  const view = await hubApi(home).get<ExceptionsView>('/api/v1/exceptions');
  if (flags.json === true) {
    out.json(view);
    return 0;
  }
  if (view.rows.length === 0) out.line('There are no exceptions.');
  for (const row of view.rows) {
    out.line(`${paint(out, 'bold', row.id)}  ${row.rule}  ${stateText(row)}`);
    out.line(`  only       ${visible(scopeText(row))}`);
    const owner = row.by === 'rule' ? `${row.owner} (in the rule)` : row.owner;
    out.line(`  owner      ${visible(owner)}: ${visible(row.reason)}`);
    out.line(`  used       ${row.uses} times since the hub began`);
  }
  for (const problem of view.problems) out.note(`spoor: exceptions.json: ${visible(problem)}`);
  return 0;
}

const stateText = ({ expired, expiresMs, broad }: ExceptionView): string => {
  const when = new Date(expiresMs).toISOString();
  const until = expired ? `EXPIRED ${when}, ignored` : `until ${when}`;
  return broad ? `${until}, broad` : until;
};

export const scopeText = ({ only }: ExceptionView): string =>
  Object.entries(only)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' or ') : value}`)
    .join(', ');
