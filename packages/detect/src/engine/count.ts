import { type Advance, type Hit, NO_HITS, type RuleState, within } from './states.ts';

type Count = Extract<RuleState, { type: 'count' }>;

/**
 * `event_count` and `value_count`: fires when the number of calls (or of distinct values) within
 * the span becomes enough. No more matches are kept than it takes to be enough.
 */
export function advanceCount(
  body: {
    readonly spanMs: number;
    readonly keep: number;
    readonly enough: (count: number) => boolean;
  },
  hit: Hit,
  state: Count | undefined,
): Advance {
  const live = within(state?.hits ?? NO_HITS, hit.clockMs, body.spanMs);
  const others = hit.value === undefined ? live : live.filter((old) => old.value !== hit.value);
  const next = [...others, hit].slice(-body.keep);
  const crossed = body.enough(next.length) && !body.enough(live.length);
  return {
    path: crossed ? next : undefined,
    commit: (target) => {
      if (target.type === 'count') target.hits = next;
    },
  };
}
