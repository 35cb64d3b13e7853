/** The vault beside the log: is the content there that the entries tell of? */
import { PayloadCheck, type PayloadReport } from '@spoor/ledger';
import { readLog } from '@spoor/ledger/folder';
import type { VerifyResult, VerifyStatus } from '@spoor/ledger/verify';
import type { Context, Output } from '../../command.ts';
import { paint } from '../../output.ts';
import { dirOf } from './source.ts';

/** Undefined where nobody asked to look at the vault: a bare copy of a log has none. */
export const payloadCheck = (context: Context): PayloadCheck | undefined =>
  context.flags['no-payloads'] === true ? undefined : new PayloadCheck(readLog(dirOf(context)));

/** What stands first in docs/ledger.md counts, where several are true. */
export function outcomeOf(result: VerifyResult, payloads: PayloadReport | undefined): VerifyStatus {
  const { status } = result;
  if (status === 'tampered' || status === 'rolled-back') return status;
  if ((payloads?.missing ?? 0) > 0) return 'payload-missing';
  if (status === 'ok' && (payloads?.shredded ?? 0) > 0) return 'payload-shredded';
  return status;
}

export function tellPayloads(out: Output, payloads: PayloadReport | undefined): void {
  if (payloads === undefined) {
    out.note('Sealed contents were not looked at.');
    return;
  }
  const { sealed, missing, shredded, first } = payloads;
  if (missing > 0) {
    const of = `${missing} of ${sealed} sealed contents, first of entry ${first.join(', ')}`;
    out.note(`${paint(out, 'red', 'PAYLOAD_MISSING')} ${of}: no entry says why.`);
  }
  if (shredded > 0) {
    out.note(`${shredded} of ${sealed} sealed contents were shredded, as entries say.`);
  }
}
