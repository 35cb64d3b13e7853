import { type CallId, LIMITS } from '@spoor/core';

/**
 * Calls that have ended and left something behind, the newest of them. A sensor that does not know
 * whether it was heard tells again, and that must not count twice.
 */
export class Ended {
  #newer = new Set<CallId>();
  #older = new Set<CallId>();

  has(id: CallId): boolean {
    return this.#newer.has(id) || (this.#older.size > 0 && this.#older.has(id));
  }

  /** A call of its own has the id now. */
  delete(id: CallId): void {
    this.#newer.delete(id);
    this.#older.delete(id);
  }

  /** Two generations: the older half goes at once, so that none is looked for. */
  add(id: CallId): void {
    if (this.#newer.size >= LIMITS.endedCallsMax / 2) {
      this.#older = this.#newer;
      this.#newer = new Set();
    }
    this.#newer.add(id);
  }

  /** The longest ended first. */
  *[Symbol.iterator](): Generator<CallId> {
    yield* this.#older;
    yield* this.#newer;
  }
}
