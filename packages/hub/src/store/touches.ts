import { type IdentityLevel, levelRank, type Observation } from '@spoor/core';

/** Observations of these kinds are calls; lists, prompts and the system's own are not. */
export const CALL_KINDS: ReadonlySet<string> = new Set([
  'tool.call',
  'resource.read',
  'prompt.get',
  'sampling.request',
  'elicitation.request',
]);

/** What the rows of one batch change of their session. */
export interface Touch {
  readonly first: Observation;
  lastMs: number;
  readonly servers: Set<string>;
  calls: number;
  denied: number;
  /** The least proved of its calls, where it has any. */
  level: IdentityLevel | undefined;
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
    if (CALL_KINDS.has(o.kind)) touch.level = leastProved(touch.level, o.principal.level);
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
  level: undefined,
  intent: undefined,
});

const leastProved = (a: IdentityLevel | undefined, b: IdentityLevel): IdentityLevel =>
  a !== undefined && levelRank(a) < levelRank(b) ? a : b;
