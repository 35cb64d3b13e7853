import type { Alternative } from '../rules/types.ts';
import type { Advance, Chain, Hit, RuleState } from './states.ts';

type Ordered = Extract<RuleState, { type: 'ordered' }>;

/**
 * `temporal_ordered`. Of all chains that reached a step, the one that started last can do all that
 * the others can (its window closes last), so that one is kept. A call must not serve twice in one
 * chain; hence for each call of the best chain the best one without it is kept too, and no more are
 * ever needed. Each alternative has chains of its own; a match that must not be ends them.
 *
 * @param hits matches of this observation, by predicate
 */
export function advanceOrdered(
  predicates: readonly number[],
  alternatives: readonly Alternative[],
  spanMs: number,
  hits: ReadonlyMap<number, Hit>,
  state: Ordered | undefined,
): Advance {
  let path: readonly Hit[] | undefined;
  const changes: Change[] = [];
  let base = 0;
  for (const { steps, never } of alternatives) {
    const ends = never.some((slot) => hits.has(predicates[slot] ?? -1));
    if (ends) changes.push(...steps.map((_, step) => ({ at: base + step, chain: undefined })));
    else path = grow(steps, predicates, base, spanMs, hits, state, changes) ?? path;
    base += steps.length;
  }
  return { path, commit: changes.length > 0 ? (target) => commit(target, changes) : undefined };
}

interface Change {
  readonly at: number;
  /** Undefined where the chains there end. */
  readonly chain: Chain | undefined;
}

/** Lets the chains of one alternative grow by a step; the path that is complete, where one is. */
function grow(
  steps: readonly number[],
  predicates: readonly number[],
  base: number,
  spanMs: number,
  hits: ReadonlyMap<number, Hit>,
  state: Ordered | undefined,
  changes: Change[],
): readonly Hit[] | undefined {
  const last = steps.length - 1;
  let path: readonly Hit[] | undefined;
  // Steps are read from the state as it was, so one observation never serves two steps.
  for (let step = last; step >= 0; step--) {
    const hit = hits.get(predicates[steps[step] ?? -1] ?? -1);
    const before = step === 0 ? undefined : (state?.chains[base + step - 1] ?? NO_CHAINS);
    const chain = hit && extend(before, hit, spanMs);
    if (!chain) continue;
    if (step === last) path = chain.hits;
    else changes.push({ at: base + step, chain });
  }
  return path;
}

const NO_CHAINS: readonly Chain[] = [];

/** Without chains before it, the hit begins one. */
function extend(chains: readonly Chain[] | undefined, hit: Hit, spanMs: number): Chain | undefined {
  if (chains === undefined) return { startMs: hit.clockMs, hits: [hit] };
  const before = chains.find((chain) => avoids(chain, hit.call));
  if (!before || hit.clockMs - before.startMs > spanMs) return undefined;
  return { startMs: before.startMs, hits: [...before.hits, hit] };
}

const avoids = (chain: Chain, call: Hit['call']): boolean =>
  chain.hits.every((hit) => hit.call !== call);

function commit(state: RuleState, changes: readonly Change[]): void {
  if (state.type !== 'ordered') return;
  for (const { at, chain } of changes) {
    state.chains[at] = chain ? keepBest([chain, ...(state.chains[at] ?? [])]) : NO_CHAINS;
  }
}

/**
 * The best chain, and for each of its calls the best chain without that call. The best comes first.
 */
function keepBest(chains: readonly Chain[]): readonly Chain[] {
  if (chains.length === 1) return chains;
  const sorted = [...chains].sort((a, b) => b.startMs - a.startMs);
  const [best] = sorted;
  const kept = new Set<Chain>(best ? [best] : []);
  for (const { call } of best?.hits ?? []) {
    const other = sorted.find((chain) => avoids(chain, call));
    if (other) kept.add(other);
  }
  return sorted.filter((chain) => kept.has(chain));
}
