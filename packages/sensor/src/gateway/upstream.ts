import { LIMITS } from '@spoor/core';
import { UpstreamClient } from '@spoor/edge/upstream';
import type { GatewayTiming, UpstreamOptions } from './options.ts';

/** An upstream, and the way to it. */
export interface Upstream {
  readonly options: UpstreamOptions;
  readonly client: UpstreamClient;
}

const CONNECT_MS = 10_000;

/** Throws OUTBOUND_REFUSED. */
export function openUpstream(
  options: UpstreamOptions,
  timing: Partial<GatewayTiming> = {},
): Upstream {
  const client = new UpstreamClient({
    url: options.url,
    connectMs: CONNECT_MS,
    headersMs: timing.answerMs ?? LIMITS.gatewayAnswerMs,
    // A stream may be silent for hours.
    bodyMs: 0,
  });
  return { options, client };
}
