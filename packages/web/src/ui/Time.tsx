import { type ReactNode, useEffect, useState } from 'react';
import { agoText, clockText, dateTimeText } from '../model/words.ts';

const TICK_MS = 10_000;

/** The present, renewed often enough for ages that are told in seconds and minutes. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return Math.max(now, 0);
}

/** An age, with the absolute time on hover. */
export function Ago({ ms }: { readonly ms: number }): ReactNode {
  const now = useNow();
  return (
    <time dateTime={new Date(ms).toISOString()} title={dateTimeText(ms)}>
      {agoText(ms, now)}
    </time>
  );
}

/** Time of day, with the whole date on hover. */
export function ClockTime({ ms }: { readonly ms: number }): ReactNode {
  return (
    <time dateTime={new Date(ms).toISOString()} title={dateTimeText(ms)}>
      {clockText(ms)}
    </time>
  );
}
