import type { Counting } from '../rules/types.ts';
import { type Advance, type Hit, NO_HITS, type RuleState, within } from './states.ts';

type Counted = Counting & { readonly spanMs: number; readonly type: string };
type Count = Extract<RuleState, { type: 'count' }>;

/**
 * Rules that count calls or distinct values, or measure values: they fire when what is within the
 * span begins to meet their condition. No more matches are kept than it takes to tell; of measured
 * values the newest.
 */
export function advanceCount(body: Counted, hit: Hit, state: Count | undefined): Advance {
  const live = within(state?.hits ?? NO_HITS, hit.clockMs, body.spanMs);
  const distinct = body.type === 'value_count';
  const others = distinct
    ? live.filter((old) => measured(body, old) !== measured(body, hit))
    : live;
  const next = [...others, hit].slice(-body.keep);
  const met = isMet(body, next);
  const was = isMet(body, live) && (body.rises || state?.held === true);
  return {
    path: met && !was ? next : undefined,
    commit: (target) => {
      if (target.type !== 'count') return;
      target.hits = next;
      if (!body.rises) target.held = met;
    },
  };
}

const measured = ({ valueField }: Counting, { values }: Hit): string | undefined =>
  valueField === undefined ? undefined : values?.[valueField];

/** Nothing meets a condition before there is a first match. */
const isMet = (body: Counting, hits: readonly Hit[]): boolean =>
  hits.length > 0 && body.isMet(measureOf(body, hits));

function measureOf(body: Counting, hits: readonly Hit[]): number {
  const { measure, percentile } = body;
  if (measure === 'count') return hits.length;
  const values = hits.map((hit) => Number(measured(body, hit)));
  if (measure === 'sum' || measure === 'avg') {
    const sum = values.reduce((a, b) => a + b, 0);
    return measure === 'sum' ? sum : sum / values.length;
  }
  const sorted = values.sort((a, b) => a - b);
  if (measure === 'min') return sorted[0] ?? Number.NaN;
  if (measure === 'max') return sorted.at(-1) ?? Number.NaN;
  return measure === 'median' ? median(sorted) : nearestRank(sorted, percentile ?? 0);
}

function median(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  const [low = Number.NaN, high = low] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}

/** The smallest value that so many percent of them do not exceed. */
const nearestRank = (sorted: readonly number[], percentile: number): number =>
  sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] ?? Number.NaN;
