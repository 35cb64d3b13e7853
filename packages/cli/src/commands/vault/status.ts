import type { VaultView } from '@spoor/core';
import type { Context } from '../../command.ts';
import { withHub } from './running.ts';
import { holdWords, sizeWords, timeWords } from './words.ts';

export async function status(context: Context): Promise<number> {
  const { flags, out } = context;
  const view = await withHub(context, (api) => api.get<VaultView>('/api/v1/vault'));
  if (flags.json === true) out.json(view);
  else for (const line of sentences(view)) out.line(line);
  return 0;
}

/** What is kept how long, in plain words. */
export function sentences(view: VaultView): string[] {
  const { contents, days, bytesMax, storeDays, holds, keptByHold, nextMs, sealing } = view;
  const { sessions, bytes, oldestMs } = contents;
  const oldest =
    oldestMs === undefined ? '' : `, the oldest last added to on ${timeWords(oldestMs)}`;
  return [
    sealing
      ? 'Contents are sealed to the auditors.'
      : 'Contents are not sealed, because there are no auditor keys (`spoor keys init`).',
    `Of ${sessions} sessions ${sizeWords(bytes)} of sealed content are kept${oldest}.`,
    `Sealed content goes ${days} days after the last of its session (vault.days), and the oldest goes earlier when there is more than ${sizeWords(bytesMax)} (vault.megabytes).`,
    `Facts and projections go after ${storeDays} days (retention.days). Entries of the ledger stay.`,
    nextMs === undefined
      ? 'Nothing is due to go.'
      : `Next to go is the content of one session, on ${timeWords(nextMs)}.`,
    holds.length === 0
      ? 'Nothing is held.'
      : `${holds.length} holds keep the content of ${keptByHold} sessions:`,
    ...holds.map((hold) => `  ${holdWords(hold)}`),
  ];
}
