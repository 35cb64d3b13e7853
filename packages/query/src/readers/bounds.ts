import { CodedError, LIMITS } from '@spoor/core';
import type {
  AttributeScalar,
  SpanAttribute,
  SpanEvent,
  SpanRecord,
  TraceRecord,
} from '../reader.ts';

/** Keeps an answer within limits, and counts what that costs. */
export class Bounds {
  /** Values shortened, and attributes and events left out. */
  cut = 0;

  text(value: string, charsMax: number = LIMITS.backendValueCharsMax): string {
    if (value.length <= charsMax) return value;
    this.cut += 1;
    // Not between the halves of a pair.
    const end = /[\ud800-\udbff]/.test(value[charsMax - 1] ?? '') ? charsMax - 1 : charsMax;
    return value.slice(0, end);
  }

  name(value: string): string {
    return this.text(value, LIMITS.backendNameCharsMax);
  }

  rows<Row>(rows: readonly Row[]): readonly Row[] {
    if (rows.length <= LIMITS.backendRowsMax) return rows;
    this.cut += rows.length - LIMITS.backendRowsMax;
    return rows.slice(0, LIMITS.backendRowsMax);
  }

  attributes(rows: readonly (readonly [string, unknown])[]): SpanAttribute[] {
    return this.rows(rows).map(([key, value]) => ({
      key: this.name(key),
      value: this.value(value),
    }));
  }

  value(value: unknown): SpanAttribute['value'] {
    return Array.isArray(value)
      ? this.rows(value).map((one) => this.#scalar(one))
      : this.#scalar(value);
  }

  #scalar(value: unknown): AttributeScalar {
    if (typeof value === 'number' || typeof value === 'boolean') return value;
    return this.text(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  }
}

/** How a span without a trace reads; `undefined` is one that nobody can place. */
export type ReadSpan = (bounds: Bounds) => SpanRecord | undefined;

/** Spans of one trace in order of time, as many as are left of an answer. */
export class TraceBuilder {
  readonly #trace: string;
  readonly #bounds: Bounds = new Bounds();
  readonly #spans: SpanRecord[] = [];
  #dropped = 0;

  constructor(trace: string) {
    this.#trace = trace;
  }

  /** @param room how many spans the answer may still have */
  add(read: ReadSpan, room: number): void {
    const span = this.#spans.length < room ? read(this.#bounds) : undefined;
    // What belongs to another trace was not asked for, and may be another tenant's.
    if (span === undefined || span.trace !== this.#trace) this.#dropped += 1;
    else this.#spans.push(span);
  }

  get size(): number {
    return this.#spans.length;
  }

  build(): TraceRecord {
    const spans = this.#spans.sort((a, b) => a.startMs - b.startMs);
    return { trace: this.#trace, spans, dropped: this.#dropped, cut: this.#bounds.cut };
  }
}

const newestOf = ({ spans }: TraceRecord): number => spans[0]?.startMs ?? 0;

/** The newest first, and no more than were asked for. */
export const newestFirst = (traces: readonly TraceRecord[], limit: number): TraceRecord[] =>
  traces.toSorted((a, b) => newestOf(b) - newestOf(a)).slice(0, limit);

export const inTime = (events: readonly SpanEvent[]): readonly SpanEvent[] =>
  events.toSorted((a, b) => a.atMs - b.atMs);

/** All of them, in order; part of a list would look like all of it. */
export function checkNames(names: readonly string[]): readonly string[] {
  if (names.length > LIMITS.backendNamesMax) throw new CodedError('BACKEND_TOO_LARGE', 'names');
  return [...new Set(names)].sort();
}

const HEX = /^[0-9a-f]{1,32}$/i;

/** @returns so many small digits, or undefined where it is no such id */
export function readId(text: string, digits: 16 | 32): string | undefined {
  return HEX.test(text) && text.length <= digits
    ? text.toLowerCase().padStart(digits, '0')
    : undefined;
}
