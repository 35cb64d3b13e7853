import { readLog } from '@spoor/ledger/folder';
import { readLeaves } from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { tellPruned } from './pruned.ts';
import { CSV_HEAD, exportFormat, exportLine } from './rows.ts';
import { dirOf } from './source.ts';

export async function exportEntries(context: Context): Promise<number> {
  const format = exportFormat(context.flags.format ?? 'jsonl');
  await tellPruned(context);
  if (format === 'csv') context.out.line(CSV_HEAD);
  for await (const one of readLeaves(readLog(dirOf(context)))) {
    context.out.line(exportLine(one, format));
  }
  return 0;
}
