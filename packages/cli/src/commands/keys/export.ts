import { readRecipients } from '@spoor/edge/home';
import type { Context } from '../../command.ts';
import { checkpointPath, textOf, verifierKeyPath } from './files.ts';

/** What others need to check the ledger; nothing in it is secret. */
export async function exportPublic({ home, out }: Context): Promise<number> {
  out.json({
    recipients: readRecipients(home),
    verifierKey: textOf(verifierKeyPath(home))?.trim(),
    checkpoint: textOf(checkpointPath(home)),
    rootKey: textOf(home.rootKey)?.trim(),
    manifest: textOf(home.manifest),
  });
  return 0;
}
