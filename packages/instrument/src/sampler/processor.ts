import { type Context, type SpanContext, TraceFlags } from '@opentelemetry/api';
import { type SamplerCounts, SessionSampler, type TraceId } from '@spoor/core';
import type { FinishedSpan, SdkSpanProcessor } from './sdk.ts';
import { reasonOf } from './telling.ts';

const SESSION_ATTRIBUTES = ['spoor.session.id', 'session.id', 'gen_ai.conversation.id'] as const;

/** What a span belongs to: a session where it says one, else its trace. */
function sessionOf(span: FinishedSpan): string {
  for (const name of SESSION_ATTRIBUTES) {
    const value = span.attributes[name];
    if (typeof value === 'string' && value !== '') return `${name}=${value}`;
  }
  return span.spanContext().traceId;
}

/**
 * Stands before the processor that exports. Sampled spans pass; denials, detections, errors, failed
 * authentication and sensitive calls of unproved principals pass whatever the sampler said; with
 * the first denial or detection the whole session passes, and what is still held of its past.
 */
export class SpoorSpanProcessor<Started, Ended extends FinishedSpan>
  implements SdkSpanProcessor<Started, Ended>
{
  readonly #next: SdkSpanProcessor<Started, Ended>;
  readonly #session: (span: Ended) => string;
  readonly #sampler = new SessionSampler<Ended>(0);

  /** @param session What a span belongs to; by default a session id on it, else its trace. */
  constructor(
    next: SdkSpanProcessor<Started, Ended>,
    session: (span: Ended) => string = sessionOf,
  ) {
    this.#next = next;
    this.#session = session;
  }

  /** What the bounds have cost. */
  get counts(): Readonly<SamplerCounts> {
    return this.#sampler.counts;
  }

  onStart(span: Started, parentContext: Context): void {
    this.#next.onStart(span, parentContext);
  }

  onEnding(span: Started): void {
    this.#next.onEnding?.(span);
  }

  onEnd(span: Ended): void {
    const context = span.spanContext();
    const session = this.#session(span);
    const { sampling, past } = this.#sampler.offer({
      session,
      trace: context.traceId as TraceId,
      item: span,
      always: reasonOf(span),
      sampledHint: isSampled(context),
    });
    for (const held of past) this.#next.onEnd(kept(held, 'past'));
    if (!sampling.keep) return;
    this.#next.onEnd(isSampled(context) ? span : kept(span, sampling.reason));
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown();
  }
}

const isSampled = ({ traceFlags }: SpanContext): boolean => (traceFlags & TraceFlags.SAMPLED) !== 0;

/** The same span, which exporting processors take for a sampled one. */
function kept<Span extends FinishedSpan>(span: Span, reason: string): Span {
  const context = span.spanContext();
  const sampled = { ...context, traceFlags: context.traceFlags | TraceFlags.SAMPLED };
  const attributes = { ...span.attributes, 'spoor.sampling.reason': reason };
  return Object.create(span, {
    spanContext: { value: () => sampled },
    attributes: { value: attributes, enumerable: true },
  }) as Span;
}
