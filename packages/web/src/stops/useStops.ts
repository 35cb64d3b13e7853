import type { HubView, StopView } from '@spoor/core';
import { useQueryClient } from '@tanstack/react-query';
import { KEYS, resumeStop, stopSession } from '../api/queries.ts';
import { shortId } from '../model/words.ts';
import { showToast } from '../shell/toast.ts';

export interface Stopping {
  readonly stop: (session: string) => void;
  readonly resume: (stop: StopView) => void;
}

/** Stops a session, and lets go on what is stopped; the hub writes both to the ledger. */
export function useStops(): Stopping {
  const client = useQueryClient();
  const show = (change: (stops: readonly StopView[]) => readonly StopView[]): void =>
    void client.setQueryData<HubView>(
      KEYS.hub,
      (hub) => hub && { ...hub, stops: change(hub.stops) },
    );
  const resume = (stop: StopView): void =>
    void resumeStop(stop.case).then(() => {
      show((stops) => stops.filter((one) => one.case !== stop.case));
      showToast({ words: `Resumed ${stopWords(stop)}` });
    }, fail);
  const stop = (session: string): void =>
    void stopSession(session).then((stopped) => {
      show((stops) => [stopped, ...stops]);
      showToast({ words: 'The session is stopped', undo: () => resume(stopped) });
    }, fail);
  return { stop, resume };
}

export function stopWords({ kind, value }: Pick<StopView, 'kind' | 'value'>): string {
  if (kind === 'all') return 'everything';
  // A server's name is read whole; ids are told apart by their end, as everywhere.
  return `${kind} ${kind === 'server' ? value : shortId(value)}`;
}

const fail = (error: Error): void => showToast({ words: `That was not taken: ${error.message}` });
