import { isObject, LIMITS, parseStrictJson } from '@spoor/core';
import { type Draft, freshDraft, Intake } from './intake.ts';
import { invalid } from './reader.ts';
import type { Attribute, DecodedTraces, Emitter, Scope, Value } from './rows.ts';
import { wholeCharacters } from './text.ts';

/**
 * ExportTraceServiceRequest as JSON, as OTLP defines it: proto3's mapping with hexadecimal ids and
 * numbers for enumerations. Gives the rows that the same request gives as protobuf.
 */
export function decodeJson(bytes: Buffer): DecodedTraces {
  const parsed = parseStrictJson(bytes, LIMITS.otlpJsonDepthMax);
  if (!parsed.ok) throw invalid(parsed.reason);
  const walk = new Walk();
  walk.request(object(parsed.value));
  return walk.intake.finish();
}

type Members = Readonly<Record<string, unknown>>;

const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;

class Walk {
  readonly intake = new Intake();

  request(request: Members): void {
    for (const one of list(request.resourceSpans)) this.#resourceSpans(object(one));
  }

  #resourceSpans(group: Members): void {
    this.intake.begin();
    const { attributes } = this.intake;
    this.#attributes(object(group.resource).attributes, attributes);
    const resource: Emitter = { attributes };
    for (const one of list(group.scopeSpans)) this.#scopeSpans(object(one), resource);
  }

  #scopeSpans(group: Members, resource: Emitter): void {
    const { name, version } = object(group.scope);
    const scope: Scope = { name: this.#name(name), version: this.#name(version) };
    for (const one of list(group.spans)) {
      if (this.intake.full) this.intake.rejectSpan();
      else this.#span(object(one), resource, scope);
    }
  }

  #span(span: Members, resource: Emitter, scope: Scope): void {
    const { intake } = this;
    intake.begin();
    const parent = text(span.parentSpanId);
    const draft: Draft = freshDraft();
    draft.trace = idOf(text(span.traceId), TRACE_DIGITS);
    draft.span = idOf(text(span.spanId), SPAN_DIGITS);
    draft.parent = idOf(parent, SPAN_DIGITS);
    draft.name = this.#name(span.name);
    draft.kind = whole(span.kind);
    draft.startMs = millis(span.startTimeUnixNano);
    draft.endMs = millis(span.endTimeUnixNano);
    this.#attributes(span.attributes, intake.attributes);
    for (const one of list(span.events)) this.#event(object(one));
    const { code, message } = object(span.status);
    draft.status = whole(code);
    intake.bound();
    draft.statusMessage = this.#text(message);
    if (parent === '' || isId(parent, SPAN_DIGITS)) intake.span(draft, resource, scope);
    else intake.rejectSpan();
  }

  #event(event: Members): void {
    if (!this.intake.event()) return;
    const name = this.#name(event.name);
    const attributes: Attribute[] = [];
    this.#attributes(event.attributes, attributes);
    this.intake.keepEvent({ name, attributes });
  }

  #attributes(from: unknown, into: Attribute[]): void {
    for (const one of list(from)) {
      if (!this.intake.attribute()) continue;
      const { key, value } = object(one);
      const name = this.#name(key);
      this.intake.keep(into, { key: name, value: this.#any(value, 1) });
    }
  }

  #any(from: unknown, depth: number): Value {
    if (from === undefined || from === null || this.intake.tooDeep(depth)) return null;
    const value = object(from);
    if (ANY.filter((member) => given(value[member])).length > 1) throw invalid('value given twice');
    if (given(value.bytesValue)) return this.#base64(text(value.bytesValue));
    if (given(value.kvlistValue)) return this.#list(object(value.kvlistValue).values, depth);
    if (given(value.arrayValue)) return this.#array(object(value.arrayValue).values, depth);
    if (given(value.doubleValue)) return double(value.doubleValue);
    if (given(value.intValue)) return int64(value.intValue);
    if (given(value.boolValue)) return flag(value.boolValue);
    return given(value.stringValue) ? this.#text(value.stringValue) : null;
  }

  #array(from: unknown, depth: number): Value {
    const values: Value[] = [];
    for (const one of list(from)) {
      if (!this.intake.scalar()) break;
      values.push(this.#any(one, depth + 1));
    }
    return values;
  }

  #list(from: unknown, depth: number): Value {
    const members: Record<string, Value> = Object.create(null) as Record<string, Value>;
    for (const one of list(from)) {
      if (!this.intake.scalar()) break;
      const { key, value } = object(one);
      const name = this.#text(key);
      members[name] = this.#any(value, depth + 1);
    }
    return members;
  }

  #text(from: unknown): string {
    const all = text(from);
    const length = Buffer.byteLength(all);
    const kept = this.intake.text(length);
    return kept < length ? cut(all, kept) : all;
  }

  /** Encoded anew: one form for what decoders take in several. */
  #base64(from: string): string {
    if (!BASE64.test(from)) throw invalid('bytesValue');
    const bytes = Buffer.from(from, 'base64');
    return bytes.toString('base64', 0, this.intake.text(bytes.length));
  }

  #name(from: unknown): string {
    const all = text(from);
    const max = LIMITS.otlpValueBytesMax;
    if (all.length * UTF8_BYTES_MAX <= max || Buffer.byteLength(all) <= max) return all;
    this.intake.cut();
    return cut(all, max);
  }
}

const ANY = [
  'stringValue',
  'boolValue',
  'intValue',
  'doubleValue',
  'arrayValue',
  'kvlistValue',
  'bytesValue',
] as const;

/** UTF-8 takes at most three bytes for one unit of UTF-16. */
const UTF8_BYTES_MAX = 3;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

function cut(all: string, bytesMax: number): string {
  const bytes = Buffer.from(all);
  return bytes.toString('utf8', 0, wholeCharacters(bytes, 0, bytesMax));
}

const given = (value: unknown): boolean => value !== undefined && value !== null;

function object(value: unknown): Members {
  if (!given(value)) return {};
  if (!isObject(value)) throw invalid('object expected');
  return value;
}

function list(value: unknown): readonly unknown[] {
  if (!given(value)) return [];
  if (!Array.isArray(value)) throw invalid('list expected');
  return value;
}

function text(value: unknown): string {
  if (!given(value)) return '';
  if (typeof value !== 'string') throw invalid('text expected');
  return value;
}

function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalid('boolean expected');
  return value;
}

function whole(value: unknown): number {
  if (!given(value)) return 0;
  if (!Number.isInteger(value)) throw invalid('whole number expected');
  return value as number;
}

const DOUBLE_WORDS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function double(value: unknown): number {
  if (typeof value === 'number') return value;
  const word = text(value);
  const number = DOUBLE_WORDS[word] ?? (NUMBER.test(word) ? Number(word) : undefined);
  if (number === undefined) throw invalid('number expected');
  return number;
}

const NUMBER = /^-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,4})?$/;
const INT64 = /^-?\d{1,20}$/;

/** Text, since a number of JSON cannot hold it; many send a number all the same. */
function int64(value: unknown): number | string {
  if (Number.isInteger(value)) {
    // What the sender's own number has lost is not ours to find.
    if (Math.abs(value as number) >= 2 ** 63) throw invalid('int64 expected');
    return Number.isSafeInteger(value) ? (value as number) : String(BigInt(value as number));
  }
  const digits = text(value);
  if (!INT64.test(digits)) throw invalid('int64 expected');
  const big = BigInt(digits);
  if (BigInt.asIntN(64, big) !== big) throw invalid('int64 expected');
  const number = Number(big);
  return Number.isSafeInteger(number) ? number : String(big);
}

function millis(value: unknown): number {
  if (!given(value)) return 0;
  const nanos = typeof value === 'number' ? value : UINT64.test(text(value)) ? Number(value) : -1;
  if (!(nanos >= 0 && nanos < 2 ** 64)) throw invalid('time expected');
  return nanos / 1e6;
}

const UINT64 = /^\d{1,20}$/;
const HEX = /^[0-9a-fA-F]*$/;
const ZEROS = /^0*$/;

const isId = (id: string, digits: number): boolean => id.length === digits && HEX.test(id);

/** '' for an id of another length and for zeros, which mean none. */
const idOf = (id: string, digits: number): string =>
  isId(id, digits) && !ZEROS.test(id) ? id.toLowerCase() : '';
