import { type ErrorCode, LIMITS, systemRandom } from '@spoor/core';
import {
  UpstreamClient,
  type UpstreamExchange,
  type UpstreamFailure,
  type UpstreamReader,
  type UpstreamRequest,
} from '@spoor/edge/upstream';
import { Boundary } from '../boundary.ts';
import { Bridge } from './bridge/bridge.ts';
import type { GatewayTiming, UpstreamOptions } from './options.ts';
import { Resource } from './resource.ts';
import { type TraceHeaders, traceToClient, traceToServer } from './trace-headers.ts';

/** Something that answers requests: an HTTP server elsewhere, or a process of ours. */
export interface UpstreamPort {
  send(request: UpstreamRequest, reader: UpstreamReader): UpstreamExchange;
  close(): Promise<void>;
}

/** What a client hears of an upstream's failure. */
export const FAILURE_CODES: Readonly<Record<UpstreamFailure, ErrorCode>> = {
  unreachable: 'UPSTREAM_UNREACHABLE',
  refused: 'UPSTREAM_UNREACHABLE',
  timeout: 'UPSTREAM_TIMEOUT',
  broken: 'UPSTREAM_BROKEN',
  aborted: 'UPSTREAM_BROKEN',
};

/** An upstream, and the way to it. */
export interface Upstream {
  readonly options: UpstreamOptions;
  readonly client: UpstreamPort;
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
  const { command } = options;
  const client = command === undefined ? clientTo(options, timing) : new Bridge(command);
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

const clientTo = ({ url }: UpstreamOptions, timing: Partial<GatewayTiming>): UpstreamClient =>
  new UpstreamClient({
    url,
    connectMs: CONNECT_MS,
    headersMs: timing.answerMs ?? LIMITS.gatewayAnswerMs,
    // A stream may be silent for hours.
    bodyMs: 0,
  });
