/** One place where alerts are told. */
export interface SinkView {
  readonly name: string;
  readonly kind: string;
  /** Scheme, host and port, or the name of the file; a path may hold a key. */
  readonly to: string;
  readonly level: string;
  readonly state: DestinationView['state'];
  readonly sent: number;
  /** Attempts that did not succeed. */
  readonly failures: number;
  /** Alerts that wait to be told. */
  readonly waiting: number;
  /** Alerts that it refused, or that waited too long: kept, and told again when asked for. */
  readonly dead: number;
  /** Alerts that were lost to a limit or to the disk. */
  readonly dropped: number;
  readonly lastSentMs?: number;
  readonly lastFailureMs?: number;
  /** A status, or one of our codes. */
  readonly lastFailure?: string;
}

/** How the export to one backend fares. */
export interface DestinationView {
  readonly name: string;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly signals: readonly ('spans' | 'metrics')[];
  /**
   * `idle` until something was sent; `waits` while it is asked again later, `refuses` where it says
   * no for good.
   */
  readonly state: 'idle' | 'well' | 'waits' | 'refuses';
  /** Spans that it took. */
  readonly sent: number;
  /** Spans that it says it did not keep, of requests that it took. */
  readonly rejected: number;
  /** Spans that were given up: refused, or over a limit. */
  readonly dropped: number;
  /** Requests that did not succeed. */
  readonly failures: number;
  /** Spans in memory. */
  readonly waiting: number;
  readonly spooled: {
    readonly requests: number;
    readonly spans: number;
    readonly bytes: number;
  };
  readonly lastSentMs?: number;
  readonly lastFailureMs?: number;
  /** A status, or one of our codes. */
  readonly lastFailure?: string;
}
