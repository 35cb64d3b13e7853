import { CodedError, type Decision, LIMITS } from '@spoor/core';

type Waiter = PromiseWithResolvers<Decision>;

/**
 * Final decisions of calls that wait for a person. One may come before it is waited for, since a
 * push does not wait its turn.
 */
export class Answers {
  readonly #waiting = new Map<string, Waiter>();

  wait(call: string): Promise<Decision> {
    return this.#of(call).promise;
  }

  came(call: string, decision: Decision): void {
    this.#of(call).resolve(decision);
  }

  forget(call: string): void {
    this.#waiting.delete(call);
  }

  /** The hub is gone, and with it whoever could have answered. */
  failAll(): void {
    for (const { reject } of this.#waiting.values()) reject(new CodedError('HUB_UNREACHABLE'));
    this.#waiting.clear();
  }

  #of(call: string): Waiter {
    const known = this.#waiting.get(call);
    if (known !== undefined) return known;
    // A hub that answers what nobody asked must not fill this process.
    if (this.#waiting.size >= LIMITS.pendingRequestsMax) this.failAll();
    const waiter = Promise.withResolvers<Decision>();
    waiter.promise.catch(() => undefined);
    this.#waiting.set(call, waiter);
    return waiter;
  }
}
