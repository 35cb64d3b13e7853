import { CodedError, isUuidv7 } from '@spoor/core';
import { readLog } from '@spoor/ledger/folder';
import { readLeaves } from '@spoor/ledger/verify';
import type { Context } from '../../command.ts';
import { visible } from '../../output.ts';
import { refuseAbsent, tellPruned } from './pruned.ts';
import { dirOf, indexOf, leafAt } from './source.ts';

export async function show(context: Context): Promise<number> {
  const word = context.words[1] ?? '';
  if (isUuidv7(word)) return showCall(context, word);
  const index = indexOf(context);
  tell(context, (await leafAt(context, index)) ?? (await refuseAbsent(context, index)));
  return 0;
}

function tell({ flags, out }: Context, leaf: string): void {
  if (flags.json === true) out.line(leaf);
  else out.line(visible(JSON.stringify(JSON.parse(leaf), null, 2)));
}

/** All that the log says of one call, in its order; the whole log is read for it. */
async function showCall(context: Context, call: string): Promise<number> {
  const named = `"call":"${call}"`;
  await tellPruned(context);
  let found = 0;
  for await (const { index, leaf } of readLeaves(readLog(dirOf(context)))) {
    if (!leaf.includes(named)) continue;
    found++;
    if (context.flags.json !== true) context.out.line(`Entry ${index}`);
    tell(context, leaf);
  }
  if (found === 0) throw new CodedError('NOT_FOUND', `no entry about call ${call}`);
  return 0;
}
