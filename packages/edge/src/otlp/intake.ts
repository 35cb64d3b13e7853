import { LIMITS } from '@spoor/core';
import type {
  Attribute,
  DecodedTraces,
  Dropped,
  Emitter,
  Scope,
  SpanEvent,
  SpanRow,
} from './rows.ts';

/** A span as an encoding gives it, before anything is believed of it. Reused from span to span. */
export interface Draft {
  /** Hexadecimal of the right length, or '' where it is of another. */
  trace: string;
  span: string;
  parent: string;
  name: string;
  kind: number;
  startMs: number;
  endMs: number;
  status: number;
  statusMessage: string;
}

export const freshDraft = (): Draft => ({
  trace: '',
  span: '',
  parent: '',
  name: '',
  kind: 0,
  startMs: 0,
  endMs: 0,
  status: 0,
  statusMessage: '',
});

/** No clock of a machine that emits spans is right and outside of these years. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

const KIND_LAST = 5;
const STATUS_LAST = 2;

/** What every scalar counts for, so that a list of nothing has an end. */
const SCALAR_BYTES = 8;

/** What both encodings share: the limits, and what going over them does. */
export class Intake {
  readonly #rows: SpanRow[] = [];
  readonly #dropped: Dropped = { spans: 0, attributes: 0, cut: 0, events: 0 };
  #attributes: Attribute[] = [];
  #events: SpanEvent[] = [];
  #attributesLeft = 0;
  #truncated = false;
  #bytesLeft = 0;
  #tooDeep = false;

  get full(): boolean {
    return this.#rows.length >= LIMITS.otlpSpansMax;
  }

  /** Begins a span, a resource or a scope: each has its own number of attributes. */
  begin(): void {
    this.#attributes = [];
    this.#events = [];
    this.#attributesLeft = LIMITS.otlpAttributesMax;
    this.#truncated = false;
  }

  /** False where there is no room for an attribute: it is counted, and need not be read. */
  attribute(): boolean {
    this.#bytesLeft = LIMITS.otlpValueBytesMax;
    this.#tooDeep = false;
    if (this.#attributesLeft > 0) return true;
    this.#dropAttribute();
    return false;
  }

  /** Keeps what was read since `attribute`. */
  keep(into: Attribute[], attribute: Attribute): void {
    if (this.#tooDeep) {
      this.#dropAttribute();
      return;
    }
    this.#attributesLeft -= 1;
    into.push(attribute);
  }

  get attributes(): Attribute[] {
    return this.#attributes;
  }

  /** Text outside of attributes has the room of one of them. */
  bound(): void {
    this.#bytesLeft = LIMITS.otlpValueBytesMax;
  }

  /** False where there is no room for an event: it is counted, and need not be read. */
  event(): boolean {
    if (this.#events.length < LIMITS.otlpEventsMax) return true;
    this.#dropped.events += 1;
    this.#truncated = true;
    return false;
  }

  keepEvent(event: SpanEvent): void {
    this.#events.push(event);
  }

  /** True where a value stands deeper than is read. */
  tooDeep(depth: number): boolean {
    if (depth <= LIMITS.otlpValueDepthMax) return false;
    this.#tooDeep = true;
    return true;
  }

  /** Bytes that may be kept of a text in a value; what is less than asked for is a cut. */
  text(bytes: number): number {
    const kept = Math.min(bytes, this.#bytesLeft);
    this.#bytesLeft -= kept;
    if (kept < bytes) this.cut();
    return kept;
  }

  /** False where a value has no room for one more member. */
  scalar(): boolean {
    this.#bytesLeft -= SCALAR_BYTES;
    if (this.#bytesLeft >= 0) return true;
    this.#bytesLeft = 0;
    this.cut();
    return false;
  }

  cut(): void {
    this.#dropped.cut += 1;
    this.#truncated = true;
  }

  rejectSpan(): void {
    this.#dropped.spans += 1;
  }

  span(draft: Draft, resource: Emitter, scope: Scope): void {
    if (draft.trace === '' || draft.span === '' || !isSane(draft.startMs)) {
      this.rejectSpan();
      return;
    }
    const { name, kind, startMs, endMs, status, statusMessage } = draft;
    this.#rows.push({
      resource,
      scope,
      trace: draft.trace,
      span: draft.span,
      parent: draft.parent,
      name,
      kind: kind >= 0 && kind <= KIND_LAST ? kind : 0,
      startMs,
      // A clock that was set back while the span lasted is no reason to lose it.
      endMs: isSane(endMs) && endMs > startMs ? endMs : startMs,
      attributes: this.#attributes,
      events: this.#events,
      status: status >= 0 && status <= STATUS_LAST ? status : 0,
      statusMessage,
      truncated: this.#truncated,
    });
  }

  finish(): DecodedTraces {
    return { rows: this.#rows, dropped: this.#dropped };
  }

  #dropAttribute(): void {
    this.#dropped.attributes += 1;
    this.#truncated = true;
  }
}

const isSane = (ms: number): boolean => ms >= EARLIEST_MS && ms < LATEST_MS;
