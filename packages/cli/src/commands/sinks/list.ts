import { CodedError, type SinkView } from '@spoor/core';
import { hubApi } from '../../client.ts';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';

export async function listSinks({ words, flags, home, out }: Context): Promise<number> {
  if (words.length > 1) throw new CodedError('USAGE', 'sinks list');
  const view = await hubApi(home).get<{ readonly rows: readonly SinkView[] }>('/api/v1/sinks');
  if (flags.json === true) {
    out.json(view);
    return 0;
  }
  if (view.rows.length === 0)
    out.line('There are no sinks. The setting `sinks` names their file: docs/sinks.md.');
  for (const row of view.rows) {
    out.line(`${paint(out, 'bold', row.name)}  ${row.kind} ${visible(row.to)}  ${row.state}`);
    out.line(`  from level ${row.level}: ${row.sent} told, ${row.failures} attempts failed`);
    if (row.waiting + row.dead + row.dropped > 0)
      out.line(`  ${row.waiting} wait, ${row.dead} refused and kept, ${row.dropped} lost`);
    if (row.lastFailure !== undefined && row.lastFailureMs !== undefined)
      out.line(`  last failure ${new Date(row.lastFailureMs).toISOString()}: ${row.lastFailure}`);
  }
  return 0;
}
