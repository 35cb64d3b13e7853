import type { ReactNode } from 'react';
import styles from './Toasts.module.css';
import { showToast, useToast } from './toast.ts';

export function Toasts(): ReactNode {
  const toast = useToast();
  if (toast === undefined) return null;
  const undo = (): void => {
    toast.undo?.();
    showToast(undefined);
  };
  return (
    <div className={styles.toast} role="status">
      {toast.words}
      {toast.undo && (
        <button type="button" onClick={undo}>
          Undo
        </button>
      )}
    </div>
  );
}
