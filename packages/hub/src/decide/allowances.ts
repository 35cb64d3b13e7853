import type { ContentFacts, Observation } from '@spoor/core';

/** Calls once allowed by a person are forgotten after this. */
const ALLOWANCE_MS = 600_000;
const ALLOWANCES_MAX = 1_000;

/** Calls that a person allowed once. */
export class Allowances {
  readonly #untilMs = new Map<string, number>();

  /** The very call of a case may pass once: same session, server, tool and arguments. */
  add(observation: Observation, nowMs: number): void {
    const key = allowanceKey(observation);
    if (key === undefined) return;
    const [oldest] = this.#untilMs.keys();
    if (this.#untilMs.size >= ALLOWANCES_MAX && oldest !== undefined) this.#untilMs.delete(oldest);
    this.#untilMs.set(key, nowMs + ALLOWANCE_MS);
  }

  /** Is it one of them? It is none after that. */
  take(o: Observation): boolean {
    if (this.#untilMs.size === 0) return false;
    const key = allowanceKey(o);
    const untilMs = key === undefined ? undefined : this.#untilMs.get(key);
    if (key === undefined || untilMs === undefined) return false;
    this.#untilMs.delete(key);
    return untilMs >= o.time.hubMs;
  }
}

/** Arguments are known by their keyed digest alone. */
function allowanceKey({ session, server, tool, method, facts }: Observation): string | undefined {
  const digest = (facts.request as ContentFacts | undefined)?.digest;
  return digest === undefined
    ? undefined
    : [session.id, server.name, tool?.name ?? method, digest].join('\n');
}
