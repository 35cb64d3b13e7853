import { type ReactNode, useEffect, useState } from 'react';

const TICK_MS = 1_000;

/** Seconds until then, never below none. */
export function TimeLeft({ untilMs }: { readonly untilMs: number }): ReactNode {
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return <span role="timer">{leftText(untilMs - nowMs)}</span>;
}

export function leftText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
