import type { ReactNode } from 'react';
import { useHub } from '../api/queries.ts';
import { countText } from '../model/words.ts';
import styles from '../shell/Shell.module.css';
import { Button } from '../ui/Controls.tsx';
import { Text } from '../ui/Text.tsx';
import { stopWords, useStops } from './useStops.ts';

const SHOWN_MAX = 3;

/** Whoever wonders why nothing works reads on every screen what is stopped, and lets it go on. */
export function StopsBanner(): ReactNode {
  const stops = useHub().data?.stops ?? [];
  const { resume } = useStops();
  if (stops.length === 0) return null;
  const more = stops.length - SHOWN_MAX;
  return (
    <div className={styles.waiting}>
      <span role="status">{countText(stops.length, 'stop')} in force</span>
      {stops.slice(0, SHOWN_MAX).map((stop) => (
        <span key={stop.case} title={`Case ${stop.case}, by ${stop.by}`}>
          <Text value={stopWords(stop)} charsMax={40} />
          {stop.reason !== '' && (
            <>
              {': '}
              <Text value={stop.reason} charsMax={60} />
            </>
          )}{' '}
          <Button onClick={() => resume(stop)}>Resume</Button>
        </span>
      ))}
      {more > 0 && <span>and {more} more: spoor stop list</span>}
    </div>
  );
}
