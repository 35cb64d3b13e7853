import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useAsks } from '../api/queries.ts';
import { TimeLeft } from '../asks/TimeLeft.tsx';
import { keyHint } from '../keys.ts';
import { revealed } from '../model/reveal.ts';
import { countText } from '../model/words.ts';
import styles from './Shell.module.css';

/** A call that waits is said on every screen: nobody looks for what they do not know of. */
export function WaitingBanner(): ReactNode {
  const { data, error } = useAsks();
  const [location] = useLocation();
  const [oldest] = data?.rows ?? [];
  if (error !== null)
    return (
      <p className={styles.waiting} role="status">
        Whether calls wait for you could not be read.
      </p>
    );
  if (oldest === undefined || location === '/asks') return null;
  const count = data?.rows.length ?? 0;
  const name = revealed(`${oldest.tool} on ${oldest.server}`, 80);
  return (
    <div className={styles.waiting}>
      <span role="status">
        {countText(count, 'call waits', 'calls wait')} for you: {name}
      </span>
      <span>
        <TimeLeft untilMs={oldest.expiresMs} /> left
      </span>
      <Link href={`/asks?case=${oldest.case}`} title={`Look and answer${keyHint('go.asks')}`}>
        Look and answer
      </Link>
    </div>
  );
}
