import { alwaysReason, type CallId, type Observation, SessionSampler } from '@spoor/core';

/** What is said of an observation's span, before its entry is written. */
interface Kept {
  readonly observation: Observation;
  /** Earlier calls of its session whose spans go out now, after all. */
  readonly past: readonly CallId[];
}

/**
 * Which spans go out. It holds ids alone: what they stand for is in the store, and stays there
 * whatever is sampled.
 */
export class Keeping {
  readonly #sampler: SessionSampler<CallId>;

  /** @param rate Share of ordinary spans, from 0 to 1. */
  constructor(rate: number) {
    this.#sampler = new SessionSampler(rate);
  }

  /** A call that is pending has no span yet; what a rule says of it keeps its session already. */
  of(o: Observation): Kept {
    const always = alwaysReason(o, o.detected?.length ?? 0);
    const session = o.session.id;
    if (o.outcome === 'pending') {
      const spoke = always === 'denial' || always === 'detection';
      return { observation: o, past: spoke ? this.#sampler.keepSession(session) : [] };
    }
    const { trace, sampledHint } = o.trace;
    const offer = { session, trace, item: o.id, always, sampledHint };
    const { sampling, past } = this.#sampler.offer(offer);
    return { observation: { ...o, trace: { ...o.trace, sampled: sampling } }, past };
  }

  /** After a restart: sessions that were kept in full still are, and what was held still is. */
  recall(recent: readonly Observation[]): void {
    for (const o of recent) {
      const { keep, reason } = o.trace.sampled;
      if (keep && WHOLE_SESSION.has(reason)) this.#sampler.keepSession(o.session.id);
      else this.of(o);
    }
  }

  get counts(): Readonly<Record<string, number>> {
    const { evicted, forgotten } = this.#sampler.counts;
    return {
      samplingHeld: this.#sampler.held,
      samplingEvicted: evicted,
      samplingForgotten: forgotten,
    };
  }
}

const WHOLE_SESSION: ReadonlySet<string> = new Set(['denial', 'detection', 'session', 'past']);
