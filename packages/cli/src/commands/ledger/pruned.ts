/** What commands say of a log whose oldest entries were pruned. */
import { CodedError } from '@spoor/core';
import { readLog } from '@spoor/ledger/folder';
import { type Pruned, readPruned } from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { timeWords } from '../vault/words.ts';
import { dirOf } from './source.ts';

export const prunedWords = ({ minimum, atMs }: Pick<Pruned, 'minimum' | 'atMs'>): string =>
  `Entries below ${minimum} were pruned on ${timeWords(atMs)} UTC`;

/** For commands that read entries from a place on: are there some that nobody can read? */
export async function tellPruned(context: Context, from: number = 0): Promise<void> {
  const pruned = await readPruned(readLog(dirOf(context)));
  if (pruned === undefined || from >= pruned.minimum) return;
  context.out.note(`${prunedWords(pruned)}; ${pruned.kept.size} of them are kept.`);
}

/** @throws CodedError LEDGER_PRUNED where it was; NOT_FOUND where there never was such an entry */
export async function refuseAbsent(context: Context, index: number): Promise<never> {
  const pruned = await readPruned(readLog(dirOf(context)));
  if (pruned !== undefined && index < pruned.minimum) {
    throw new CodedError('LEDGER_PRUNED', prunedWords(pruned));
  }
  throw new CodedError('NOT_FOUND', `entry ${index}`);
}
