/**
 * Sampling for somebody's own OpenTelemetry set-up, SDK 2.x or 3.x: a sampler that lets nothing
 * relevant to security go unseen, and a processor that decides what is exported.
 */
export { SpoorSpanProcessor } from './sampler/processor.ts';
export { SpoorSampler, type SpoorSamplerOptions } from './sampler/sampler.ts';
export type { FinishedSpan, SdkSampler, SdkSpanProcessor } from './sampler/sdk.ts';
