import type { Alert } from '@spoor/core';
import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { LiveFeed, type LiveState } from '../api/live.ts';
import { SEVERITY } from '../model/kinds.ts';
import { revealed } from '../model/reveal.ts';
import { useKeys } from '../ui/useKeys.ts';

export interface Live {
  readonly state: LiveState;
  /** What arrived while paused. */
  readonly missed: number;
  readonly togglePause: () => void;
}

const LiveContext = createContext<Live>({
  state: 'connecting',
  missed: 0,
  togglePause: () => {},
});

export const useLive = (): Live => useContext(LiveContext);

/** Screen readers hear of at most one alert in this time. */
const ANNOUNCE_MS = 5_000;

export function LiveProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  const [missed, setMissed] = useState(0);
  const [words, announce] = useAnnouncement();
  const feed = useRef<LiveFeed>(undefined);
  useEffect(() => {
    const live = new LiveFeed(client, { state: setState, missed: setMissed, alert: announce });
    feed.current = live;
    live.start();
    return () => live.stop();
  }, [client, announce]);
  const value = useMemo<Live>(
    () => ({ state, missed, togglePause: () => feed.current?.pause(state !== 'paused') }),
    [state, missed],
  );
  useKeys({ pause: value.togglePause });
  return (
    <LiveContext value={value}>
      {children}
      <p className="visually-hidden" aria-live="polite">
        {words}
      </p>
    </LiveContext>
  );
}

function useAnnouncement(): readonly [string, (alert: Alert) => void] {
  const [words, setWords] = useState('');
  const saidAt = useRef(Number.NEGATIVE_INFINITY);
  const announce = useMemo(
    () =>
      (alert: Alert): void => {
        if (performance.now() - saidAt.current < ANNOUNCE_MS) return;
        saidAt.current = performance.now();
        setWords(`${SEVERITY[alert.rule.level].word} alert: ${revealed(alert.title, 120)}`);
      },
    [],
  );
  return [words, announce];
}
