import { type IdentityLevel, levelRank, type Observation } from '@spoor/core';

/** Observations of these kinds are calls; lists, prompts and the system's own are not. */
const CALL_KINDS: ReadonlySet<string> = new Set([
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

/** What the rows of a call that came before say of it. */
export interface Before {
  readonly known: boolean;
  readonly denied: boolean;
}

/** Summed up over a batch, so that each session is written once and not with every row. */
export class Touches {
  readonly #touches = new Map<string, Touch>();

  readonly #calls = new Map<string, Before>();

  /** @param stored What the store has of the call; asked once for each call of a batch. */
  add(o: Observation, stored: () => Before): void {
    const before = this.#calls.get(o.id) ?? stored();
    const isDenied = o.outcome === 'denied';
    this.#calls.set(o.id, { known: true, denied: before.denied || isDenied });
    const touch = this.#touches.get(o.session.id) ?? touchOf(o);
    this.#touches.set(o.session.id, touch);
    touch.lastMs = Math.max(touch.lastMs, o.time.hubMs);
    if (CALL_KINDS.has(o.kind) && !before.known) touch.calls += 1;
    if (isDenied && !before.denied) touch.denied += 1;
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
