import type { ShredView } from '@spoor/core';
import type { Context } from '../../command.ts';
import { paint } from '../../output.ts';
import { asked, withHub } from './running.ts';
import { targetOf } from './target.ts';
import { holdWords, sizeWords, timeWords } from './words.ts';

/** Only says what would go, unless `--yes` is given. */
export async function shred(context: Context): Promise<number> {
  const { flags, out } = context;
  const target = targetOf(context);
  const really = flags.yes === true;
  const warrant = really ? asked(context) : {};
  const view = await withHub(context, (api) =>
    api.post<ShredView>('/api/v1/vault/shred', { target, really, ...warrant }),
  );
  if (flags.json === true) {
    out.json(view);
    return 0;
  }
  for (const line of lines(view, really, target.kind === 'person')) out.line(line);
  if (really) {
    out.line(
      paint(out, 'green', `Destroyed for good. Entry ${view.index} says who, why and what.`),
    );
  } else {
    out.line(paint(out, 'yellow', 'Nothing was destroyed yet, and it could not be undone.'));
    out.line('To go on, repeat this with --yes --reason WORDS.');
  }
  return 0;
}

function lines(view: ShredView, really: boolean, isPerson: boolean): string[] {
  const { contents, bytes, calls, sessions, running, held, holds, unreadable } = view;
  const { firstMs, lastMs } = view;
  const span =
    firstMs === undefined || lastMs === undefined
      ? ''
      : `, from ${timeWords(firstMs)} to ${timeWords(lastMs)}`;
  return [
    `${really ? 'Destroyed' : 'This would destroy'} the sealed contents of ${calls} calls (${contents} contents, ${sizeWords(bytes)})${span},`,
    'and what the store kept of them: projections, fingerprints, clusters of prompts, evidence in alerts.',
    `${sessions} sessions ${really ? 'went' : 'would go'} as a whole, with their keys.`,
    ...(running > 0 ? [`${running} of them run now and go on as new ones.`] : []),
    ...(held > 0 ? [`${held} contents stay, because they are held:`] : []),
    ...holds.map((hold) => `  ${holdWords(hold)}`),
    'Entries and proofs stay valid. Times, sizes, names of tools and pseudonyms stay in them.',
    ...(isPerson
      ? ['This is what the person asked for as the caller: who is only mentioned is not found.']
      : []),
    ...(unreadable > 0
      ? [
          `${unreadable} files of sensors could not be looked through; they are in the spool folder.`,
        ]
      : []),
    'Backups, snapshots and spans that were exported are out of reach.',
  ];
}
