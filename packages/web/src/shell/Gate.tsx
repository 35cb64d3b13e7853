import type { ReactNode } from 'react';
import { Button, Command } from '../ui/Controls.tsx';
import styles from './Gate.module.css';

/** What somebody without a valid cookie sees, and all that he sees. */
export function Gate(): ReactNode {
  return (
    <main className={styles.gate}>
      <h1>
        Open the link that <code>spoor ui</code> prints
      </h1>
      <p>It holds a code that works once and logs this browser in.</p>
      <Command text="spoor ui" />
    </main>
  );
}

export function Unreachable(): ReactNode {
  return (
    <main className={styles.gate}>
      <h1>The hub does not answer</h1>
      <p>It starts with the first wrapped server, or by hand:</p>
      <Command text="spoor hub" />
      <Button onClick={() => window.location.reload()}>Try again</Button>
    </main>
  );
}
