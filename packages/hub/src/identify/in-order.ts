import { LIMITS } from '@spoor/core';

/**
 * Work of one connection, in the order in which it came, though some of it waits for a signature to
 * be checked. What waits for nothing, and comes behind nothing, is done at once.
 */
export class InOrder {
  #tail: Promise<void> | undefined;
  #waiting = 0;

  /** Has it more to wait for than may wait? */
  get isFull(): boolean {
    return this.#waiting >= LIMITS.identityWaitingMax;
  }

  /** @param first Must not reject. */
  run<First, Result>(
    first: First | Promise<First>,
    work: (first: First) => Result | Promise<Result>,
  ): Result | Promise<Result> {
    if (this.#tail === undefined && !(first instanceof Promise)) return work(first);
    const before = this.#tail;
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    this.#tail = begun;
    this.#waiting += 1;
    return this.#wait(before, first).then((ready) => {
      this.#waiting -= 1;
      if (this.#tail === begun) this.#tail = undefined;
      try {
        return work(ready);
      } finally {
        resolve();
      }
    });
  }

  async #wait<First>(before: Promise<void> | undefined, first: First | Promise<First>) {
    await before;
    return first;
  }
}
