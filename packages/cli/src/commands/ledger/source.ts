/** Which log a subcommand is about, and whose key checks it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@spoor/core';
import { readLog } from '@spoor/ledger/folder';
import type { Context } from '../../command.ts';

export const dirOf = ({ flags, home }: Context): string =>
  typeof flags.dir === 'string' ? flags.dir : home.ledger;

/** A log that came with its state is checked by its own key, a bare copy by this user's. */
export async function keyOf(context: Context): Promise<string> {
  const given = context.flags.key;
  const beside = join(dirOf(context), '..', 'ledger-state', 'log.vkey');
  const own = join(context.home.ledgerState, 'log.vkey');
  const path = typeof given === 'string' ? given : existsSync(beside) ? beside : own;
  return (await readText(path)).trim();
}

export const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('LEDGER_UNREADABLE', path, error);
  });

/** The word after the subcommand. */
export function indexOf({ words }: Context): number {
  const word = words[1];
  const index = Number(word);
  if (word === undefined || !Number.isSafeInteger(index) || index < 0)
    throw new CodedError('USAGE', 'an index');
  return index;
}

export async function leafAt(context: Context, index: number): Promise<string | undefined> {
  const { readLeaf } = await import('@spoor/ledger/verify');
  return readLeaf(readLog(dirOf(context)), index);
}
