import { LIMITS } from '@spoor/core';
import { type Draft, freshDraft, Intake } from './intake.ts';
import { invalid, WireReader } from './reader.ts';
import type { Attribute, DecodedTraces, Emitter, Scope, Value } from './rows.ts';
import { Names, wholeCharacters } from './text.ts';

/**
 * ExportTraceServiceRequest from protobuf straight to rows. Field numbers are those of
 * opentelemetry-proto 1.x. Fields that nobody here reads are stepped over.
 */
export function decodeProtobuf(bytes: Buffer): DecodedTraces {
  const decoder = new Decoder(bytes);
  decoder.request(bytes.length);
  return decoder.intake.finish();
}

/** Tags: field number times eight plus wire type (0 varint, 1 fixed64, 2 length, 5 fixed32). */
const FIELD_1 = 0x0a;
const FIELD_2 = 0x12;
const FIELD_3 = 0x1a;

const SPAN = {
  trace: 0x0a,
  span: 0x12,
  parent: 0x22,
  name: 0x2a,
  kind: 0x30,
  start: 0x39,
  end: 0x41,
  attribute: 0x4a,
  event: 0x5a,
  status: 0x7a,
} as const;

/** Field numbers that are read; with another wire type the message is not what it says it is. */
const SPAN_FIELDS = new Set(Object.values(SPAN).map((tag) => tag >> 3));

const ANY = {
  string: 0x0a,
  boolean: 0x10,
  int: 0x18,
  double: 0x21,
  array: 0x2a,
  list: 0x32,
  bytes: 0x3a,
} as const;
const ANY_LAST_FIELD = 7;

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

const EMPTY: Readonly<Draft> = freshDraft();

/** Process-wide: names are few, whoever sends them. */
const names = new Names();

class Decoder {
  readonly intake = new Intake();
  readonly #reader: WireReader;
  readonly #draft: Draft = freshDraft();
  /** Spans of one request mostly share their trace. */
  #traceAt = 0;
  #trace = '';

  constructor(bytes: Buffer) {
    this.#reader = new WireReader(bytes);
  }

  request(end: number): void {
    const reader = this.#reader;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === FIELD_1) this.#resourceSpans(reader.message(end));
      else this.#skip(tag, end, 1);
    }
  }

  #resourceSpans(end: number): void {
    const reader = this.#reader;
    // As protobuf says, a message that comes twice is one.
    const resource = { attributes: [] };
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === FIELD_1) this.#resource(reader.message(end), resource);
      else if (tag === FIELD_2) this.#scopeSpans(reader.message(end), resource);
      else this.#skip(tag, end, 2);
    }
  }

  #resource(end: number, { attributes }: { readonly attributes: Attribute[] }): void {
    const reader = this.#reader;
    this.intake.begin();
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === FIELD_1) this.#attribute(reader.message(end), attributes);
      else this.#skip(tag, end, 1);
    }
  }

  #scopeSpans(end: number, resource: Emitter): void {
    const reader = this.#reader;
    const scope: Scope = { name: '', version: '' };
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === FIELD_2) this.#span(reader.message(end), resource, scope);
      else if (tag === FIELD_1) this.#scope(reader.message(end), scope);
      else this.#skip(tag, end, 2);
    }
  }

  #scope(end: number, scope: Scope): void {
    const reader = this.#reader;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === FIELD_1) scope.name = this.#name(end);
      else if (tag === FIELD_2) scope.version = this.#name(end);
      else this.#skip(tag, end, 2);
    }
  }

  #span(end: number, resource: Emitter, scope: Scope): void {
    const reader = this.#reader;
    if (this.intake.full) {
      reader.at = end;
      this.intake.rejectSpan();
      return;
    }
    this.intake.begin();
    Object.assign(this.#draft, EMPTY);
    let whole = true;
    while (reader.at < end) whole = this.#spanField(reader.tag(end), end) && whole;
    if (whole) this.intake.span(this.#draft, resource, scope);
    else this.intake.rejectSpan();
  }

  /** False where an id has a wrong length. */
  #spanField(tag: number, end: number): boolean {
    const reader = this.#reader;
    const draft = this.#draft;
    switch (tag) {
      case SPAN.trace:
        draft.trace = this.#traceId(end);
        break;
      case SPAN.span:
        draft.span = this.#id(reader.message(end), SPAN_BYTES);
        break;
      case SPAN.parent:
        return this.#parent(end);
      case SPAN.name:
        draft.name = this.#name(end);
        break;
      case SPAN.kind:
        draft.kind = reader.small(end);
        break;
      case SPAN.start:
        draft.startMs = reader.nanos(end);
        break;
      case SPAN.end:
        draft.endMs = reader.nanos(end);
        break;
      case SPAN.attribute:
        this.#attribute(reader.message(end), this.intake.attributes);
        break;
      case SPAN.event:
        this.#event(reader.message(end));
        break;
      case SPAN.status:
        this.#status(reader.message(end));
        break;
      default:
        if (SPAN_FIELDS.has(tag >>> 3)) throw invalid('wire type');
        reader.skip(tag, end);
    }
    return true;
  }

  #traceId(end: number): string {
    const reader = this.#reader;
    const { bytes } = reader;
    const stop = reader.message(end);
    const from = reader.at;
    if (this.#trace !== '' && stop - from === TRACE_BYTES) {
      let same = 0;
      while (same < TRACE_BYTES && bytes[from + same] === bytes[this.#traceAt + same]) same += 1;
      if (same === TRACE_BYTES) {
        reader.at = stop;
        return this.#trace;
      }
    }
    this.#traceAt = from;
    this.#trace = this.#id(stop, TRACE_BYTES);
    return this.#trace;
  }

  /** '' for an id of another length and for zeros, which mean none. */
  #id(stop: number, length: number): string {
    const { bytes, at } = this.#reader;
    this.#reader.at = stop;
    if (stop - at !== length) return '';
    let any = 0;
    for (let i = at; i < stop; i++) any |= bytes[i] as number;
    return any === 0 ? '' : bytes.toString('hex', at, stop);
  }

  #parent(end: number): boolean {
    const stop = this.#reader.message(end);
    const length = stop - this.#reader.at;
    this.#draft.parent = this.#id(stop, SPAN_BYTES);
    return length === 0 || length === SPAN_BYTES;
  }

  #event(end: number): void {
    const reader = this.#reader;
    if (!this.intake.event()) {
      reader.at = end;
      return;
    }
    let name = '';
    const attributes: Attribute[] = [];
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === FIELD_2) name = this.#name(end);
      else if (tag === FIELD_3) this.#attribute(reader.message(end), attributes);
      else {
        if (tag >>> 3 === 2 || tag >>> 3 === 3) throw invalid('wire type');
        reader.skip(tag, end);
      }
    }
    this.intake.keepEvent({ name, attributes });
  }

  #status(end: number): void {
    const reader = this.#reader;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === FIELD_2) this.#draft.statusMessage = this.#bounded(end);
      else if (tag === 0x18) this.#draft.status = reader.small(end);
      else {
        if (tag >>> 3 === 2 || tag >>> 3 === 3) throw invalid('wire type');
        reader.skip(tag, end);
      }
    }
  }

  #attribute(end: number, into: Attribute[]): void {
    const reader = this.#reader;
    if (!this.intake.attribute()) {
      reader.at = end;
      return;
    }
    let key = '';
    let value: Value | undefined;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === FIELD_1) key = this.#name(end);
      else if (tag === FIELD_2) value = this.#any(only(value, reader.message(end)), 1);
      else this.#skip(tag, end, 2);
    }
    this.intake.keep(into, { key, value: value ?? null });
  }

  #any(end: number, depth: number): Value {
    const reader = this.#reader;
    if (this.intake.tooDeep(depth)) {
      reader.at = end;
      return null;
    }
    let value: Value | undefined;
    while (reader.at < end) {
      const member = this.#member(reader.tag(end), end, depth);
      if (member !== undefined) value = only(value, member);
    }
    return value ?? null;
  }

  #member(tag: number, end: number, depth: number): Value | undefined {
    const reader = this.#reader;
    switch (tag) {
      case ANY.string:
        return this.#text(end);
      case ANY.boolean:
        return reader.small(end) !== 0;
      case ANY.int:
        return reader.int64(end);
      case ANY.double:
        return reader.double(end);
      case ANY.array:
        return this.#array(reader.message(end), depth);
      case ANY.list:
        return this.#list(reader.message(end), depth);
      case ANY.bytes:
        return this.#base64(end);
      default:
        this.#skip(tag, end, ANY_LAST_FIELD);
        return undefined;
    }
  }

  #array(end: number, depth: number): Value {
    const reader = this.#reader;
    const values: Value[] = [];
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag !== FIELD_1) this.#skip(tag, end, 1);
      else if (this.intake.scalar()) values.push(this.#any(reader.message(end), depth + 1));
      else reader.at = end;
    }
    return values;
  }

  #list(end: number, depth: number): Value {
    const reader = this.#reader;
    const members: Record<string, Value> = Object.create(null) as Record<string, Value>;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag !== FIELD_1) this.#skip(tag, end, 1);
      else if (this.intake.scalar()) this.#pair(reader.message(end), depth, members);
      else reader.at = end;
    }
    return members;
  }

  #pair(end: number, depth: number, into: Record<string, Value>): void {
    const reader = this.#reader;
    let key: string | undefined;
    let value: Value | undefined;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === FIELD_1) key = this.#text(only(key, end));
      else if (tag === FIELD_2) value = this.#any(only(value, reader.message(end)), depth + 1);
      else this.#skip(tag, end, 2);
    }
    into[key ?? ''] = value ?? null;
  }

  #text(end: number): string {
    const reader = this.#reader;
    const stop = reader.message(end);
    const from = reader.at;
    reader.at = stop;
    const kept = this.intake.text(stop - from);
    const to = kept < stop - from ? wholeCharacters(reader.bytes, from, kept) : stop;
    return reader.bytes.toString('utf8', from, to);
  }

  #base64(end: number): string {
    const reader = this.#reader;
    const stop = reader.message(end);
    const from = reader.at;
    reader.at = stop;
    return reader.bytes.toString('base64', from, from + this.intake.text(stop - from));
  }

  /** Text outside of attributes has the room of one of them. */
  #bounded(end: number): string {
    this.intake.bound();
    return this.#text(end);
  }

  #name(end: number): string {
    const reader = this.#reader;
    const stop = reader.message(end);
    const from = reader.at;
    reader.at = stop;
    if (stop - from <= LIMITS.otlpValueBytesMax) return names.read(reader.bytes, from, stop);
    this.intake.cut();
    const kept = wholeCharacters(reader.bytes, from, LIMITS.otlpValueBytesMax);
    return reader.bytes.toString('utf8', from, kept);
  }

  /** @param known fields 1 to this one are read, so that no wire type of theirs may be another */
  #skip(tag: number, end: number, known: number): void {
    if (tag >>> 3 <= known) throw invalid('wire type');
    this.#reader.skip(tag, end);
  }
}

/** Two readers could read a value that is given twice differently: nobody sane sends it. */
function only<Given>(before: unknown, given: Given): Given {
  if (before !== undefined) throw invalid('value given twice');
  return given;
}
