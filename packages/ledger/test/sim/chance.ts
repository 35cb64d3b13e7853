/** Everything random in a simulation comes from one seed, so that a failing one can be repeated. */
import type { Clock, Random } from '@spoor/core';

export class Chance implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Below one (mulberry32). */
  share(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(count: number): number {
    return Math.floor(this.share() * count);
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)] as Value;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  fork(): Chance {
    return new Chance(this.below(2 ** 32));
  }
}

/** A clock that moves by itself, by up to a second a look. */
export function simulatedClock(chance: Chance): Clock {
  let now = 1_790_000_000_000;
  const next = (): number => {
    now += chance.below(1_000);
    return now;
  };
  return { nowMs: next, monotonicMs: next };
}
