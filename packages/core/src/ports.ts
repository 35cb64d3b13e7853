/**
 * Time and randomness as arguments, so that state can be replayed and simulated.
 */

/** Wall clock for records, monotonic clock for durations. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Milliseconds since an arbitrary start; never steps back. */
  monotonicMs(): number;
}

/** Source of unpredictable bytes. */
export interface Random {
  bytes(length: number): Uint8Array;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** Fresh bytes are drawn in bulk: one call of the generator costs more than an id is worth. */
class Pool implements Random {
  readonly #bytes = new Uint8Array(POOL_BYTES);
  #used: number = POOL_BYTES;

  bytes(length: number): Uint8Array {
    if (length > POOL_BYTES) return crypto.getRandomValues(new Uint8Array(length));
    if (this.#used + length > POOL_BYTES) {
      crypto.getRandomValues(this.#bytes);
      this.#used = 0;
    }
    const from = this.#used;
    this.#used += length;
    const drawn = this.#bytes.slice(from, this.#used);
    // What was given out is a secret of whoever asked.
    this.#bytes.fill(0, from, this.#used);
    return drawn;
  }
}

const POOL_BYTES = 4096;

/** Web Crypto's generator: the same in Node and in browsers. */
export const systemRandom: Random = new Pool();
