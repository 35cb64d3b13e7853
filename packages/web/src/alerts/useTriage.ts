import type { Alert, Page } from '@spoor/core';
import { useQueryClient } from '@tanstack/react-query';
import { mergeAlertPage } from '../api/merge.ts';
import { KEYS, setAlert } from '../api/queries.ts';
import { STATUS_WORDS } from '../model/kinds.ts';
import { showToast } from '../shell/toast.ts';

export type Triage = (status: Alert['status'], reason?: string) => void;

/**
 * Changes an alert's status at the hub, which writes it to the ledger, and offers to undo it. Undo
 * is another change, not a secret: the ledger then holds both.
 */
export function useTriage(alert: Alert): Triage {
  const client = useQueryClient();
  const change: Change = async (status, reason) => {
    const changed = await setAlert(alert.id, status, reason);
    client.setQueryData<Page<Alert>>(KEYS.alerts, (page) => page && mergeAlertPage(page, changed));
  };
  return (status, reason) => {
    change(status, reason).then(
      () => showToast({ words: DONE_WORDS[status], undo: () => undo(change, alert) }),
      fail,
    );
  };
}

type Change = (status: Alert['status'], reason: string | undefined) => Promise<void>;

/** An ongoing alert is reopened as a new one: only the hub can tell that it goes on. */
function undo(change: Change, before: Alert): void {
  const status = before.status === 'ongoing' ? 'new' : before.status;
  change(status, before.dismissedReason).catch(fail);
}

const DONE_WORDS = { ...STATUS_WORDS, new: 'Reopened' } as const;

const fail = (error: Error): void =>
  showToast({ words: `The alert could not be changed: ${error.message}` });
