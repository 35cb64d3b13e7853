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

/** Web Crypto's generator: the same in Node and in browsers. */
export const systemRandom: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};
