import type { Mode } from '@spoor/core';
import type { Home } from '@spoor/edge/home';
import type { TokenAlgorithm } from '@spoor/edge/token';
import type { Trust } from '../boundary.ts';

/** One server behind the gateway. */
export interface UpstreamOptions {
  /** As it appears on screens and in rules. */
  readonly name: string;
  /** Its MCP endpoint. */
  readonly url: URL;
  /** A server of lines that the gateway starts itself, in place of what is at the URL. */
  readonly command?: readonly string[];
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
  /** Absent: authorization is between the client and the upstream, and nothing of it changes. */
  readonly resource?: ResourceOptions;
}

/** The gateway as a protected resource of its own, in front of one upstream. */
export interface ResourceOptions {
  /** Its identifier, and the audience of its tokens: its URL as clients use it. */
  readonly resource: URL;
  readonly issuer: string;
  readonly keys: URL;
  readonly algorithms: readonly TokenAlgorithm[];
  /** A token needs all of them. */
  readonly scopes: readonly string[];
  readonly upstream: Credentials;
}

/** What the upstream gets instead of the client's token. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: Secret }
  | {
      readonly kind: 'exchange';
      readonly endpoint: URL;
      readonly clientId: string;
      readonly secret: Secret;
      readonly resource?: string;
      readonly audience?: string;
      readonly scope?: string;
    };

/** Never the secret itself: settings are shown, and files are copied. */
export type Secret = { readonly file: string } | { readonly env: string };

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
