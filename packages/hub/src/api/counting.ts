import type { Store, StoreCounts } from '../store/store.ts';

/** Nothing that is told again sooner is worth remembering. */
const QUICK_MS = 20;
/** So many times longer than it took to count, what was counted is told again. */
const REST = 20;

/**
 * Counting a day of a busy hub takes the store's thread for a while, and a page asks every few
 * seconds: however large the store is, counting has a twentieth of that thread and no more.
 */
export class Counting {
  readonly #store: Pick<Store, 'counts'>;
  readonly #clockMs: () => number;
  #counted: { readonly counts: StoreCounts; readonly untilMs: number } | undefined;

  constructor(store: Pick<Store, 'counts'>, clockMs: () => number = () => performance.now()) {
    this.#store = store;
    this.#clockMs = clockMs;
  }

  since(sinceMs: number): StoreCounts {
    const startMs = this.#clockMs();
    if (this.#counted !== undefined && startMs < this.#counted.untilMs) return this.#counted.counts;
    const counts = this.#store.counts(sinceMs);
    const endMs = this.#clockMs();
    const tookMs = endMs - startMs;
    this.#counted = tookMs < QUICK_MS ? undefined : { counts, untilMs: endMs + REST * tookMs };
    return counts;
  }
}
