/** What a backend may be asked for, beside what only Spoor's own hub knows. */
export const TRACE_QUESTIONS = [
  'services',
  'operations',
  'traces',
  'trace',
  'dependencies',
] as const;

export type TraceQuestion = (typeof TRACE_QUESTIONS)[number];

/** One question: whose data, and until when the answer is waited for. */
export interface Ask {
  /** As the backend writes it: `0:0` in VictoriaTraces, a name in Tempo. */
  readonly tenant?: string;
  readonly signal: AbortSignal;
}

export type AttributeScalar = string | number | boolean;

/** As the backend holds it: text of whoever made the span, to be trusted by nobody. */
export interface SpanAttribute {
  readonly key: string;
  readonly value: AttributeScalar | readonly AttributeScalar[];
}

export interface SpanRecord {
  /** 32 small hexadecimal digits. */
  readonly trace: string;
  /** 16 of them. */
  readonly span: string;
  readonly parent?: string;
  readonly service: string;
  readonly name: string;
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** Unix milliseconds, with what the backend has of microseconds as a fraction. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: 'unset' | 'ok' | 'error';
  readonly attributes: readonly SpanAttribute[];
  readonly resource: readonly SpanAttribute[];
  readonly events: readonly SpanEvent[];
  /** Spans, of other traces too, that it says it is about. */
  readonly links?: readonly SpanLink[];
}

export interface SpanLink {
  readonly trace: string;
  readonly span: string;
}

export interface SpanEvent {
  readonly name: string;
  readonly atMs: number;
  readonly attributes: readonly SpanAttribute[];
}

export interface TraceRecord {
  readonly trace: string;
  readonly spans: readonly SpanRecord[];
  /** Spans beyond what is read of one answer, and those that are none. */
  readonly dropped: number;
  /** Values shortened, and attributes and events beyond what is read of one span. */
  readonly cut?: number;
  /** The backend has not given all of it, or it was not asked for: the answer was full. */
  readonly partial?: boolean;
}

export interface TraceQuery {
  readonly service: string;
  readonly operation?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Unix milliseconds; both ends belong to it. */
  readonly startMs: number;
  readonly endMs: number;
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  /** Traces, at most. */
  readonly limit: number;
}

/** Calls of one service by another. */
export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly calls: number;
}

/**
 * A store of traces, whoever made it. Its answers are read, bounded and typed, no more: whoever
 * shows them masks them. Every question throws a `CodedError` where it has no answer: an empty list
 * means that there is nothing.
 */
export interface TraceReader {
  readonly kind: 'spoor' | 'victoriatraces' | 'jaeger' | 'tempo';
  /** What it cannot be asked, with the reason in words. */
  readonly cannot: ReadonlyMap<TraceQuestion, string>;
  services(ask: Ask): Promise<readonly string[]>;
  operations(service: string, ask: Ask): Promise<readonly string[]>;
  traces(query: TraceQuery, ask: Ask): Promise<readonly TraceRecord[]>;
  /** @returns undefined where the backend knows no such trace */
  trace(trace: string, ask: Ask): Promise<TraceRecord | undefined>;
  dependencies(endMs: number, lookbackMs: number, ask: Ask): Promise<readonly Dependency[]>;
  close(): Promise<void>;
}
