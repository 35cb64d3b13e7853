import type { RuleBody } from '../rules/types.ts';
import { advanceCount } from './count.ts';
import { advanceOrdered } from './ordered.ts';
import { type Advance, type Hit, NO_HITS, type RuleState } from './states.ts';
import { advanceUnordered } from './unordered.ts';

export type CorrelationBody = Exclude<RuleBody, { type: 'single' }>;

const NOTHING: Advance = { path: undefined, commit: undefined };

/**
 * What the matches of one observation do to a rule.
 *
 * @param matched Predicates that its call has matched before
 */
export function advanceBody(
  body: CorrelationBody,
  hits: ReadonlyMap<number, Hit>,
  state: RuleState | undefined,
  matched: ReadonlySet<number> | undefined,
): Advance {
  if (body.type === 'temporal_ordered') {
    const before = state?.type === 'ordered' ? state : undefined;
    return advanceOrdered(body.predicates, body.alternatives, body.spanMs, hits, before);
  }
  if ('alternatives' in body) {
    if (!body.predicates.some((predicate) => hits.has(predicate))) return NOTHING;
    const before = state?.type === 'unordered' ? state : undefined;
    return advanceUnordered(body.predicates, body.alternatives, body.spanMs, hits, before);
  }
  const hit = firstOf(body.predicates, hits);
  if (!hit || isCounted(body, matched)) return NOTHING;
  if (body.valueField !== undefined && hit.values?.[body.valueField] === undefined) return NOTHING;
  return advanceCount(body, hit, state?.type === 'count' ? state : undefined);
}

function firstOf(predicates: readonly number[], hits: ReadonlyMap<number, Hit>): Hit | undefined {
  for (const predicate of predicates) {
    const hit = hits.get(predicate);
    if (hit) return hit;
  }
  return undefined;
}

/** A call counts once, at its first match. */
export const isCounted = (
  { predicates, type }: CorrelationBody,
  matched: ReadonlySet<number> | undefined,
): boolean =>
  matched !== undefined &&
  !type.startsWith('temporal') &&
  predicates.some((predicate) => matched.has(predicate));

/** Can no first match of a rule make it fire, and is all that it remembers of it the match? */
export function startsQuietly(body: CorrelationBody): boolean {
  if (body.context.length > 0 || body.group.some(({ isAlias }) => isAlias)) return false;
  if ('alternatives' in body) return body.alternatives.every(({ steps }) => steps.length > 1);
  return body.measure === 'count' && !body.isMet(1);
}

export function newState(body: CorrelationBody): RuleState {
  if (body.type === 'temporal_ordered') return { type: 'ordered', chains: [], context: NO_HITS };
  if (body.type === 'temporal') return { type: 'unordered', slots: [], context: NO_HITS };
  return { type: 'count', hits: NO_HITS, context: NO_HITS };
}

/** What a rule remembers that has seen the matches of one observation, and nothing before. */
export function stateAfter(body: CorrelationBody, hits: ReadonlyMap<number, Hit>): RuleState {
  const state = newState(body);
  advanceBody(body, hits, undefined, undefined).commit?.(state);
  return state;
}
