import { CodedError, DAY_MS, type PruneView } from '@spoor/core';
import type { Context } from '../../command.ts';
import { paint } from '../../output.ts';
import { asked, withHub } from '../vault/running.ts';
import { timeOf } from '../vault/target.ts';
import { holdWords, sizeWords } from '../vault/words.ts';

/** Only says what would go, unless `--yes` is given. */
export async function prune(context: Context): Promise<number> {
  const { flags, out } = context;
  const beforeMs = limitOf(context);
  const really = flags.yes === true && flags['dry-run'] !== true;
  const warrant = really ? asked(context) : {};
  const view = await withHub(context, (api) =>
    api.post<PruneView>('/api/v1/ledger/prune', { beforeMs, really, ...warrant }),
  );
  if (flags.json === true) out.json(view);
  else tell(context, view, really);
  return 0;
}

/** @throws CodedError USAGE unless exactly one is given, VAULT_TARGET where it is no date */
function limitOf({ flags }: Context): number {
  const { before, 'keep-days': days } = flags;
  if ((before === undefined) === (days === undefined)) {
    throw new CodedError('USAGE', '--before DATE or --keep-days N');
  }
  if (before !== undefined) return timeOf(String(before));
  if (!/^\d{1,5}$/.test(String(days))) throw new CodedError('USAGE', '--keep-days N');
  return Date.now() - Number(days) * DAY_MS;
}

function tell({ out }: Context, view: PruneView, really: boolean): void {
  const { from, minimum, bytes, stopped, index } = view;
  const count = `${minimum - from} entries (${sizeWords(bytes)}), ${from} to ${minimum - 1}`;
  if (minimum === from) out.line('Nothing can go: entries go in whole bundles of 256.');
  else out.line(`${really ? 'Pruned' : 'This would prune'} ${count}.`);
  if (stopped?.why === 'content') {
    out.line(`It ends before entry ${stopped.index}: the vault still holds sealed content of it.`);
  } else if (stopped?.hold !== undefined) {
    out.line(`It ends before entry ${stopped.index}, which is held:`);
    out.line(`  ${holdWords(stopped.hold)}`);
  }
  if (minimum === from) return;
  out.line('Hashes stay, so proofs stay valid and the whole log can still be verified.');
  if (really) out.line(paint(out, 'green', `Entry ${index} says who, why and how far.`));
  else {
    out.line(paint(out, 'yellow', 'Nothing was removed yet, and it could not be undone.'));
    out.line('To go on, repeat this with --yes --reason WORDS.');
  }
}
