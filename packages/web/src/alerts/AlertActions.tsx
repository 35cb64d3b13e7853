import type { Alert } from '@spoor/core';
import { type ReactNode, useRef } from 'react';
import { isOpen } from '../model/kinds.ts';
import { Button } from '../ui/Controls.tsx';
import { useKeys } from '../ui/useKeys.ts';
import styles from './Alerts.module.css';
import { DismissDialog } from './DismissDialog.tsx';
import { useTriage } from './useTriage.ts';

export function AlertActions({ alert }: { readonly alert: Alert }): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const triage = useTriage(alert);
  const open = isOpen(alert);
  const acknowledge = (): void => triage('acknowledged');
  const dismiss = (): void => dialog.current?.showModal();
  const canAcknowledge = open && alert.status !== 'acknowledged';
  useKeys({
    'alert.acknowledge': canAcknowledge ? acknowledge : undefined,
    'alert.dismiss': open ? dismiss : undefined,
  });
  return (
    <div className={styles.actions}>
      {canAcknowledge && (
        <Button look="primary" action="alert.acknowledge" title="Acknowledge" onClick={acknowledge}>
          Acknowledge
        </Button>
      )}
      {open && <Button onClick={() => triage('resolved')}>Resolve</Button>}
      {open && (
        <Button action="alert.dismiss" title="Dismiss with a reason" onClick={dismiss}>
          Dismiss…
        </Button>
      )}
      {!open && <Button onClick={() => triage('new')}>Reopen</Button>}
      <DismissDialog ref={dialog} onDismiss={(reason) => triage('dismissed', reason)} />
    </div>
  );
}
