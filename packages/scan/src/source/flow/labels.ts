/** What a value may carry, as bits: a value can carry several. */
export const LABEL = {
  /** What a client sent: arguments, bodies, query strings. */
  input: 1,
  /** What a tool answers or a downstream service answered. */
  result: 2,
  /** The text of an error that was thrown while content was at hand. */
  error: 4,
  /** Trace and span ids, `traceparent`. */
  trace: 8,
  /** A context that was extracted from a request, with its baggage. */
  inbound: 16,
  /** A value read from baggage. */
  baggage: 32,
  session: 64,
  secret: 128,
  /** A digest of content without a key: short values can be guessed. */
  digest: 256,
  /** All headers, or the whole `_meta`, of a request. */
  carrier: 512,
} as const;

/** Content itself, in whatever form. */
export const CONTENT: number = LABEL.input | LABEL.result;
/** What goes through functions that the package does not have. */
export const THROUGH_UNKNOWN: number = CONTENT | LABEL.error | LABEL.digest;
/** What goes through functions of the language, such as those of strings and arrays. */
export const THROUGH_KNOWN: number =
  THROUGH_UNKNOWN | LABEL.trace | LABEL.session | LABEL.secret | LABEL.baggage | LABEL.carrier;

export const has = (labels: number, wanted: number): boolean => (labels & wanted) !== 0;
