import { LIMITS } from '@spoor/core';
import { UpstreamClient } from '@spoor/edge/upstream';
import { LineUpstream, type LineUpstreamOptions } from './line-upstream.ts';

const CONNECT_MS = 10_000;

/** Throws OUTBOUND_REFUSED. */
export function openLineUpstream(options: Omit<LineUpstreamOptions, 'port'>): LineUpstream {
  const port = new UpstreamClient({
    url: options.url,
    connectMs: CONNECT_MS,
    headersMs: LIMITS.gatewayAnswerMs,
    // A stream may be silent for hours.
    bodyMs: 0,
  });
  return new LineUpstream({ ...options, port });
}
