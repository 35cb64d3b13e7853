import { type ReactNode, type RefObject, useState } from 'react';
import { Button } from '../ui/Controls.tsx';
import styles from './Alerts.module.css';

export interface DismissDialogProps {
  readonly ref: RefObject<HTMLDialogElement | null>;
  readonly onDismiss: (reason: string) => void;
}

const REASONS = [
  { value: 'false positive', word: 'False positive: the rule is wrong here' },
  { value: 'accepted risk', word: 'Accepted risk: it is right, and wanted' },
  { value: 'test', word: 'Test: somebody was trying Spoor' },
] as const;

/**
 * A reason is required, and none is suggested: an alert that vanished without one teaches nobody
 * anything.
 */
export function DismissDialog({ ref, onDismiss }: DismissDialogProps): ReactNode {
  const [reason, setReason] = useState('');
  const close = (): void => ref.current?.close();
  const dismiss = (): void => {
    close();
    onDismiss(reason);
  };
  return (
    <dialog ref={ref} className={styles.dialog} aria-label="Dismiss the alert">
      <h2>Dismiss the alert</h2>
      <div className={styles.reasons}>
        {REASONS.map(({ value, word }) => (
          <label key={value}>
            <input
              type="radio"
              name="reason"
              checked={value === reason}
              onChange={() => setReason(value)}
            />
            {word}
          </label>
        ))}
      </div>
      <div className={styles.dialogActions}>
        <Button onClick={close}>Cancel</Button>
        <Button look="primary" onClick={dismiss} disabled={reason === ''}>
          Dismiss
        </Button>
      </div>
    </dialog>
  );
}
