import type { Attributes, Context, Link, SpanContext, SpanKind } from '@opentelemetry/api';

/** The parts of OpenTelemetry's SDK that are used here, the same in 2.x and 3.x. */

export interface SdkSamplingResult {
  /** 0: not recorded; 1: recorded, for processors only; 2: recorded and sampled. */
  readonly decision: number;
  readonly attributes?: Readonly<Attributes>;
  readonly traceState?: NonNullable<SpanContext['traceState']>;
}

export interface SdkSampler {
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SdkSamplingResult;
  toString(): string;
}

/** What is read of a span that has ended. */
export interface FinishedSpan {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number };
  spanContext(): SpanContext;
}

export interface SdkSpanProcessor<Started, Ended> {
  onStart(span: Started, parentContext: Context): void;
  onEnding?(span: Started): void;
  onEnd(span: Ended): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}
