import { setImmediate } from 'node:timers/promises';
import type { ReplayView } from '@spoor/core';
import { type RuleSet, spanMaxOf } from '@spoor/detect';
import { History } from '@spoor/detect/replay';
import { type HistoryQuery, type HistoryReader, openHistory } from './store/history.ts';

export type { HistoryQuery, HistoryReader } from './store/history.ts';

export interface Replaying extends Omit<HistoryQuery, 'leadMs'> {
  readonly rules: RuleSet;
  /** Another version, to compare with. */
  readonly against?: RuleSet;
  /** Breaks it off; what was looked at until then is told. */
  readonly signal?: AbortSignal;
  /** Is told how far it is, from 0 to 1. */
  readonly progress?: (share: number) => void;
}

/**
 * Steps what a store has through rules, in small pieces, so that whoever shares the thread goes on.
 * Throws STORE_UNAVAILABLE and REPLAY_TOO_MANY_HITS.
 */
export async function replayStore(path: string, replaying: Replaying): Promise<ReplayView> {
  const { rules, against, signal, progress, ...query } = replaying;
  const spans = [rules, ...(against === undefined ? [] : [against])].map(spanMaxOf);
  const reader: HistoryReader = openHistory(path, { ...query, leadMs: Math.max(...spans) });
  try {
    const history = new History({
      rules,
      ...(against === undefined ? {} : { against }),
      ...(query.fromMs === undefined ? {} : { fromMs: query.fromMs }),
      began: (session) => reader.began(session),
    });
    let done = 0;
    for (const page of reader.pages()) {
      for (const observation of page) history.take(observation);
      done += page.length;
      progress?.(done / reader.total);
      await setImmediate();
      if (signal?.aborted === true) return history.view({ complete: false, unreadable: 0 });
    }
    return history.view({ complete: reader.complete, unreadable: 0 });
  } finally {
    reader.close();
  }
}
