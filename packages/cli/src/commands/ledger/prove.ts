import { readLog } from '@spoor/ledger/folder';
import { proveEntry } from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { refuseAbsent } from './pruned.ts';
import { dirOf, indexOf } from './source.ts';

/** The proof goes to standard output, so that it can be kept in a file and sent. */
export async function prove(context: Context): Promise<number> {
  const index = indexOf(context);
  const proof = await proveEntry(readLog(dirOf(context)), index);
  if (proof === undefined) return refuseAbsent(context, index);
  if (context.flags.json === true) context.out.json({ index, proof });
  else process.stdout.write(proof);
  return 0;
}
