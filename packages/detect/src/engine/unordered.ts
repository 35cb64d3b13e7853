import { type Advance, type Hit, NO_HITS, type RuleState, within } from './states.ts';

type Unordered = Extract<RuleState, { type: 'unordered' }>;

/**
 * `temporal`: every rule matched by a call of its own within the span, in any order. Fires when the
 * set becomes complete. As many newest matches per rule as there are rules are enough: whoever has
 * more can always be served last.
 */
export function advanceUnordered(
  predicates: readonly number[],
  spanMs: number,
  hits: ReadonlyMap<number, Hit>,
  state: Unordered | undefined,
): Advance {
  const clockMs = hits.values().next().value?.clockMs ?? 0;
  const live = predicates.map((_, slot) => within(state?.slots[slot] ?? NO_HITS, clockMs, spanMs));
  const next = live.map((slot, i) => {
    const hit = hits.get(predicates[i] ?? -1);
    return hit ? [hit, ...slot].slice(0, predicates.length) : slot;
  });
  const path = assign(live) ? undefined : assign(next);
  return { path, commit: (target) => replace(target, next) };
}

function replace(state: RuleState, slots: readonly (readonly Hit[])[]): void {
  if (state.type === 'unordered') state.slots = slots;
}

/** One call for each slot, all different (augmenting paths); in order of time, or undefined. */
function assign(slots: readonly (readonly Hit[])[]): readonly Hit[] | undefined {
  // Most sets are far from complete, and cost no more than this.
  if (slots.some((hits) => hits.length === 0)) return undefined;
  const takenBy = new Map<string, { readonly slot: number; readonly hit: Hit }>();
  const place = (slot: number, tried: Set<string>): boolean => {
    for (const hit of slots[slot] ?? []) {
      if (tried.has(hit.call)) continue;
      tried.add(hit.call);
      const holder = takenBy.get(hit.call);
      if (holder === undefined || place(holder.slot, tried)) {
        takenBy.set(hit.call, { slot, hit });
        return true;
      }
    }
    return false;
  };
  for (let slot = 0; slot < slots.length; slot++) if (!place(slot, new Set())) return undefined;
  return [...takenBy.values()].map(({ hit }) => hit).sort((a, b) => a.seq - b.seq);
}
