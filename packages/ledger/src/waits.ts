/** Callers that wait for an item to be on disk. */
interface Wait {
  readonly ordinal: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Waits {
  #waits: Wait[] = [];

  get isEmpty(): boolean {
    return this.#waits.length === 0;
  }

  /** @param signal Ends the wait, with its reason. */
  for(ordinal: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wait = { ordinal, resolve, reject };
      this.#waits.push(wait);
      signal?.addEventListener(
        'abort',
        () => {
          this.#waits = this.#waits.filter((other) => other !== wait);
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  resolveThrough(ordinal: number): void {
    const done = this.#waits.filter((wait) => wait.ordinal <= ordinal);
    if (done.length === 0) return;
    this.#waits = this.#waits.filter((wait) => wait.ordinal > ordinal);
    for (const { resolve } of done) resolve();
  }

  rejectAll(error: Error): void {
    const all = this.#waits;
    this.#waits = [];
    for (const { reject } of all) reject(error);
  }
}
