import { LIMITS } from '@spoor/core';
import type { Found, Sensed } from '@spoor/edge';
import type { Connection } from './admission.ts';

/**
 * Open calls whose end another process tells: a host starts its hooks anew for each event. The
 * newest of equal ones is found first.
 */
export class Pairs {
  readonly #open = new Map<string, Required<Found>[]>();
  #size = 0;

  begun(connection: Connection, { id, span, startMs, tool, pair }: Sensed): void {
    if (pair === undefined) return;
    if (this.#size >= LIMITS.pendingRequestsMax) this.#dropOldest();
    const key = keyOf(connection, tool ?? '', pair);
    const calls = this.#open.get(key) ?? [];
    calls.push({ call: id, span, startMs });
    this.#open.set(key, calls);
    this.#size += 1;
  }

  take(connection: Connection, tool: string, pair: string): Found {
    const key = keyOf(connection, tool, pair);
    const calls = this.#open.get(key) ?? [];
    const found = calls.pop();
    if (calls.length === 0) this.#open.delete(key);
    if (found !== undefined) this.#size -= 1;
    return found ?? {};
  }

  #dropOldest(): void {
    const [oldest] = this.#open;
    if (oldest === undefined) return;
    this.#open.delete(oldest[0]);
    this.#size -= oldest[1].length;
  }
}

const keyOf = ({ session, hello }: Connection, tool: string, pair: string): string =>
  [session.id, hello.server.name, tool, pair].join('\n');
