import { CodedError, type StopView } from '@spoor/core';
import { hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';

export async function listStops({ words, flags, home, out }: Context): Promise<number> {
  if (words.length > 1) throw new CodedError('USAGE', 'stop list');
  const { rows } = await hubApi(home).get<{ readonly rows: readonly StopView[] }>('/api/v1/stops');
  if (flags.json === true) out.json(rows);
  else if (rows.length === 0) out.line('Nothing is stopped.');
  for (const row of flags.json === true ? [] : rows) {
    const since = new Date(row.atMs).toISOString();
    out.line(`${paint(out, 'bold', row.case)}  ${visible(stopName(row))}`);
    const why = row.reason === '' ? 'no reason given' : visible(row.reason);
    out.line(`  since ${since} by ${visible(row.by)}: ${why}; ${row.denied} calls denied`);
  }
  return 0;
}

export const stopName = ({ kind, value }: StopView): string =>
  kind === 'all' ? 'everything' : `${kind} ${value}`;
