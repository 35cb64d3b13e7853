import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { Mode, TrustPolicy } from '@spoor/core';

export interface InstrumentOptions {
  /**
   * Name of the server, as the owner says it. Without one a client goes by the server's command or
   * host, and a server has none.
   */
  readonly name?: string;
  /** What is believed of the peer, and what it gets. Without it the peer is untrusted. */
  readonly trust?: TrustPolicy;
  /**
   * What an active span, such as that of the HTTP request, is to a served request: linked, or its
   * parent where the peer's own context is not. It may itself go on a client's trace, so `link`.
   */
  readonly ambient?: 'link' | 'parent';
  /** Default: the global ones of `@opentelemetry/api`. */
  readonly tracerProvider?: TracerProvider;
  readonly meterProvider?: MeterProvider;
  /**
   * Join a hub: `true` for the user's own, or where it keeps its state. Default: what `SPOOR_HOME`
   * says, and none where it says nothing.
   */
  readonly hub?: boolean | HubOptions;
}

export interface HubOptions {
  /** State folder of the hub. */
  readonly home?: string;
  /** Denials on this connection are real, or never. Default: as the hub's policy says. */
  readonly mode?: Mode;
  /** What a call waits for a decision at most, in milliseconds. Default: as the hub says. */
  readonly budgetMs?: number;
}
