/** What a span's attribute may hold, as plain JSON: bytes are base64, unsafe integers decimal. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [key: string]: Value };

export interface Attribute {
  readonly key: string;
  readonly value: Value;
}

/** Who emitted spans. Shared by its rows; complete when the whole request is decoded. */
export interface Emitter {
  attributes: readonly Attribute[];
}

export interface Scope {
  name: string;
  version: string;
}

export interface SpanEvent {
  readonly name: string;
  readonly attributes: readonly Attribute[];
}

/**
 * One span of somebody else's telemetry. All of it is a claim, and any text in it may be content.
 */
export interface SpanRow {
  readonly resource: Emitter;
  readonly scope: Scope;
  /** 32 lower-case hexadecimal digits. */
  readonly trace: string;
  /** 16 lower-case hexadecimal digits. */
  readonly span: string;
  /** Likewise, or '' for a root. */
  readonly parent: string;
  readonly name: string;
  /** 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: readonly Attribute[];
  readonly events: readonly SpanEvent[];
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number;
  readonly statusMessage: string;
  /** A limit cut something off this span: absence proves nothing. */
  readonly truncated: boolean;
}

/** What limits cost one request. */
export interface Dropped {
  /** Spans refused: over the number allowed, ids of a wrong length, impossible times. */
  spans: number;
  /** Attributes left out: over the number allowed, or nested too deep. */
  attributes: number;
  /** Texts and lists cut short. */
  cut: number;
  events: number;
}

export interface DecodedTraces {
  readonly rows: readonly SpanRow[];
  readonly dropped: Readonly<Dropped>;
}
