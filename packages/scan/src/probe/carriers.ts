import { createHash } from 'node:crypto';
import type { SentTrace } from '../evidence.ts';
import type { Canaries } from './canary.ts';

/** Trace context and baggage of one request, for `_meta` and for headers. */
export interface Carriers {
  readonly sent: SentTrace;
  readonly meta: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Ids follow from the serial number, so that two scans send the same ones. */
export class CarrierMint {
  readonly #canaries: Canaries;
  readonly #salt: string;
  #serial = 0;

  constructor(canaries: Canaries, salt: string) {
    this.#canaries = canaries;
    this.#salt = salt;
  }

  next(sampled: boolean): Carriers {
    this.#serial += 1;
    const digest = createHash('sha256').update(`${this.#salt} ${this.#serial}`).digest('hex');
    const trace = digest.slice(0, 32);
    const traceparent = `00-${trace}-${digest.slice(32, 48)}-0${sampled ? 1 : 0}`;
    return {
      sent: { trace, sampled },
      meta: { traceparent, ...this.#baggage('_meta') },
      headers: { traceparent, ...this.#baggage('headers') },
    };
  }

  #baggage(carrier: '_meta' | 'headers'): Record<string, string> {
    const { value } = this.#canaries.mint('baggage', `baggage in ${carrier}`);
    const state = this.#canaries.mint('trace-state', `tracestate in ${carrier}`);
    return { baggage: `user.id=${value},tenant=${value}`, tracestate: `canary=${state.value}` };
  }
}
