import { LIMITS, systemRandom } from '@spoor/core';
import { UpstreamClient } from '@spoor/edge/upstream';
import { Boundary } from '../boundary.ts';
import type { GatewayTiming, UpstreamOptions } from './options.ts';
import { Resource } from './resource.ts';
import { type TraceHeaders, traceToClient, traceToServer } from './trace-headers.ts';

/** An upstream, and the way to it. */
export interface Upstream {
  readonly options: UpstreamOptions;
  readonly client: UpstreamClient;
  readonly boundary: Boundary;
  /** Absent where the gateway asks for no token of its own. */
  readonly resource?: Resource;
  readonly toServer: TraceHeaders;
  readonly toClient: TraceHeaders;
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
  const { trust, resource } = options;
  return {
    options,
    client,
    boundary: new Boundary(trust, systemRandom),
    ...(resource === undefined ? {} : { resource: new Resource(resource) }),
    toServer: traceToServer(trust),
    toClient: traceToClient(trust),
  };
}
