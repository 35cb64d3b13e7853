import {
  type Attributes,
  type Context,
  type Link,
  type SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { baseSampler, type TraceId } from '@spoor/core';
import type { SdkSampler, SdkSamplingResult } from './sdk.ts';

const RECORD = 1;
const SAMPLED = 2;

export interface SpoorSamplerOptions {
  /** Share of ordinary spans, 0 to 1, or one of the SDK's own samplers. Default: all. */
  readonly base?: number | SdkSampler;
  /** Is the `sampled` flag of remote parents believed? A client sets it as it likes. */
  readonly trustRemote?: boolean;
}

/**
 * Decides as the base sampler does, and has recorded what that would drop: `SpoorSpanProcessor`
 * then sees all spans. Parents of this process are followed; a remote one only where it is trusted.
 */
export class SpoorSampler implements SdkSampler {
  readonly #base: SdkSampler;
  readonly #trustRemote: boolean;

  constructor({ base = 1, trustRemote = false }: SpoorSamplerOptions = {}) {
    this.#base = typeof base === 'number' ? new RateSampler(base) : base;
    this.#trustRemote = trustRemote;
  }

  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SdkSamplingResult {
    const parent = trace.getSpanContext(context);
    const believed = parent !== undefined && (parent.isRemote !== true || this.#trustRemote);
    if (believed) {
      const sampled = (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
      return { decision: sampled ? SAMPLED : RECORD, ...stateOf(parent.traceState) };
    }
    // A base that follows parents must not see one that is not believed.
    const alone = trace.deleteSpan(context);
    const result = this.#base.shouldSample(alone, traceId, spanName, spanKind, attributes, links);
    return result.decision === SAMPLED ? result : { ...result, decision: RECORD };
  }

  toString(): string {
    return `SpoorSampler{${this.#base.toString()}}`;
  }
}

const stateOf = (
  traceState: SdkSamplingResult['traceState'],
): Pick<SdkSamplingResult, 'traceState'> => (traceState === undefined ? {} : { traceState });

class RateSampler implements SdkSampler {
  readonly #rate: number;
  readonly #keeps: (trace: TraceId) => boolean;

  constructor(rate: number) {
    this.#rate = rate;
    this.#keeps = baseSampler(rate);
  }

  shouldSample(_context: Context, traceId: string): SdkSamplingResult {
    return { decision: this.#keeps(traceId as TraceId) ? SAMPLED : RECORD };
  }

  toString(): string {
    return `Rate{${this.#rate}}`;
  }
}
