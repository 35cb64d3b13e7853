import type { Mode } from '@spoor/core';
import type { Home } from '@spoor/edge/home';
import type { Trust } from '../boundary.ts';

/** One server behind the gateway. */
export interface UpstreamOptions {
  /** As it appears on screens and in rules. */
  readonly name: string;
  /** Its MCP endpoint. */
  readonly url: URL;
  /** Where clients find it on the gateway; `/mcp`, say. */
  readonly path: string;
  /** Denials are real whatever the hub's policy says; absent: as the policy says. */
  readonly mode?: Mode;
  /**
   * What Host the upstream sees: its own name, or the one that the client used. Its own is right
   * for most; the client's where the gateway has taken over the upstream's public name.
   */
  readonly host: 'upstream' | 'preserve';
  /** What client and upstream are trusted with of trace context and baggage. */
  readonly trust: Trust;
}

export interface GatewayOptions {
  readonly upstreams: readonly UpstreamOptions[];
  /** Address to listen on; loopback unless the owner says otherwise. */
  readonly listen: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Host names, beside the loopback's, by which clients may call it. */
  readonly hosts: readonly string[];
  /** Origins of pages, beside those of the loopback, that may use it. */
  readonly origins: readonly string[];
  readonly home: Home;
  readonly version: string;
  readonly rulesFolder: string;
  readonly startHub?: () => void;
  readonly timing?: Partial<GatewayTiming>;
}

/** Milliseconds; defaults are limits. */
export interface GatewayTiming {
  readonly headerMs: number;
  readonly requestMs: number;
  readonly answerMs: number;
}
