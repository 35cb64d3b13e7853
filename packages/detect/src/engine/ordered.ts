import type { Advance, Chain, Hit, RuleState } from './states.ts';

type Ordered = Extract<RuleState, { type: 'ordered' }>;

/**
 * `temporal_ordered`. Of all chains that reached a step, the one that started last can do all that
 * the others can (its window closes last), so that one is kept. A call must not serve twice in one
 * chain; hence for each call of the best chain the best one without it is kept too, and no more are
 * ever needed.
 *
 * @param steps predicate of each step
 * @param hits matches of this observation, by predicate
 */
export function advanceOrdered(
  steps: readonly number[],
  spanMs: number,
  hits: ReadonlyMap<number, Hit>,
  state: Ordered | undefined,
): Advance {
  const last = steps.length - 1;
  let path: readonly Hit[] | undefined;
  const grown: { readonly step: number; readonly chain: Chain }[] = [];
  // Steps are read from the state as it was, so one observation never serves two steps.
  for (let step = last; step >= 0; step--) {
    const hit = hits.get(steps[step] ?? -1);
    const chain = hit && extend(step, hit, spanMs, state);
    if (!chain) continue;
    if (step === last) path = chain.hits;
    else grown.push({ step, chain });
  }
  return {
    path,
    commit: grown.length > 0 ? (target) => commit(target, grown) : undefined,
  };
}

function extend(
  step: number,
  hit: Hit,
  spanMs: number,
  state: Ordered | undefined,
): Chain | undefined {
  if (step === 0) return { startMs: hit.clockMs, hits: [hit] };
  const before = state?.chains[step - 1]?.find((chain) => avoids(chain, hit.call));
  if (!before || hit.clockMs - before.startMs > spanMs) return undefined;
  return { startMs: before.startMs, hits: [...before.hits, hit] };
}

const avoids = (chain: Chain, call: Hit['call']): boolean =>
  chain.hits.every((hit) => hit.call !== call);

function commit(
  state: RuleState,
  grown: readonly { readonly step: number; readonly chain: Chain }[],
): void {
  if (state.type !== 'ordered') return;
  for (const { step, chain } of grown) {
    state.chains[step] = keepBest([chain, ...(state.chains[step] ?? [])]);
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
