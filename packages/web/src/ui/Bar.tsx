import type { ReactNode } from 'react';
import styles from './Bar.module.css';

/** The strip of tools above a list. */
export function Bar({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className={styles.bar}>{children}</div>;
}

export function BarNote({ children }: { readonly children: ReactNode }): ReactNode {
  return <span className={styles.note}>{children}</span>;
}
