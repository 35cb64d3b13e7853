import { LIMITS } from '@spoor/core';

interface Tries {
  failures: number;
  readonly sinceMs: number;
}

/** Wrong tries by address, so that nobody tries for long. */
export class Strangers {
  readonly #tries = new Map<string, Tries>();

  isBlocked(address: string, nowMs: number): boolean {
    const tries = this.#recent(address, nowMs);
    return tries !== undefined && tries.failures >= LIMITS.remoteFailuresMax;
  }

  failed(address: string, nowMs: number): void {
    const tries = this.#recent(address, nowMs);
    if (tries !== undefined) {
      tries.failures += 1;
      return;
    }
    const [oldest] = this.#tries.keys();
    if (this.#tries.size >= LIMITS.remoteAddressesMax && oldest !== undefined)
      this.#tries.delete(oldest);
    this.#tries.set(address, { failures: 1, sinceMs: nowMs });
  }

  #recent(address: string, nowMs: number): Tries | undefined {
    const tries = this.#tries.get(address);
    if (tries === undefined || nowMs - tries.sinceMs < LIMITS.remoteFailuresMs) return tries;
    this.#tries.delete(address);
    return undefined;
  }
}
