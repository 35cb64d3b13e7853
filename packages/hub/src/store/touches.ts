import type { Observation } from '@spoor/core';

/** What the rows of one batch change of their session. */
export interface Touch {
  readonly first: Observation;
  lastMs: number;
  readonly servers: Set<string>;
  calls: number;
  denied: number;
  /** Projection of the newest prompt. */
  intent: string | undefined;
}

/** Summed up over a batch, so that each session is written once and not with every row. */
export class Touches {
  readonly #touches = new Map<string, Touch>();

  add(o: Observation, counts: { readonly calls: number; readonly denied: number }): void {
    const touch = this.#touches.get(o.session.id) ?? touchOf(o);
    this.#touches.set(o.session.id, touch);
    touch.lastMs = Math.max(touch.lastMs, o.time.hubMs);
    touch.calls += counts.calls;
    touch.denied += counts.denied;
    if (o.kind === 'intent') touch.intent = o.facts.request?.projection ?? touch.intent;
    else touch.servers.add(o.server.name);
  }

  [Symbol.iterator](): Iterator<Touch> {
    return this.#touches.values();
  }
}

const touchOf = (first: Observation): Touch => ({
  first,
  lastMs: first.time.hubMs,
  servers: new Set(),
  calls: 0,
  denied: 0,
  intent: undefined,
});
