import type { Alternative } from '../rules/types.ts';
import { type Advance, type Hit, NO_HITS, type RuleState, within } from './states.ts';

type Unordered = Extract<RuleState, { type: 'unordered' }>;

/**
 * `temporal`: every rule of one alternative matched by a call of its own within the span, in any
 * order, and none of those that must not. Fires when that begins to be so. As many newest matches
 * per rule as there are rules are enough: whoever has more can always be served last.
 */
export function advanceUnordered(
  predicates: readonly number[],
  alternatives: readonly Alternative[],
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
  // Without an absence, what is met now was met when its newest match came.
  const rises = alternatives.every(({ never }) => never.length === 0);
  const was = firstMet(alternatives, live) !== undefined && (rises || state?.held === true);
  const path = firstMet(alternatives, next);
  const held = rises ? undefined : path !== undefined;
  return { path: was ? undefined : path, commit: (target) => replace(target, next, held) };
}

function firstMet(
  alternatives: readonly Alternative[],
  slots: readonly (readonly Hit[])[],
): readonly Hit[] | undefined {
  for (const { steps, never } of alternatives) {
    if (never.some((slot) => (slots[slot]?.length ?? 0) > 0)) continue;
    const path = assign(steps.map((slot) => slots[slot] ?? NO_HITS));
    if (path) return path;
  }
  return undefined;
}

function replace(
  state: RuleState,
  slots: readonly (readonly Hit[])[],
  held: boolean | undefined,
): void {
  if (state.type !== 'unordered') return;
  state.slots = slots;
  if (held !== undefined) state.held = held;
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
