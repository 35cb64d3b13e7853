import { toHex } from '@spoor/core';

/**
 * A span as it stands in the bytes of an OTLP request: read by hand, so that no encoder of ours
 * checks itself.
 */
export interface DecodedSpan {
  readonly trace: string;
  readonly span: string;
  readonly parent: string;
  readonly name: string;
  /** `SPAN_KIND_…` by number: 1 internal, 3 client. */
  readonly kind: number;
  /** `STATUS_CODE_…` by number: 0 unset, 2 error. */
  readonly status: { readonly code: number; readonly message: string };
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Trace and span of each link, with a hyphen between. */
  readonly links: readonly string[];
}

type Value = Uint8Array | bigint;

/**
 * Fields of one protobuf message, by number. Source: protobuf encoding, wire types 0, 1, 2 and 5.
 */
function fieldsOf(bytes: Uint8Array): Map<number, Value[]> {
  const fields = new Map<number, Value[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const cut = (length: number): Uint8Array => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const fixed64 = (): bigint => {
    at += 8;
    return view.getBigUint64(at - 8, true);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const type = tag & 7;
    const value =
      type === 0 ? varint() : type === 1 ? fixed64() : cut(type === 2 ? Number(varint()) : 4);
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  return fields;
}

const messages = (fields: Map<number, Value[]>, number: number): Uint8Array[] =>
  (fields.get(number) ?? []).filter((value) => value instanceof Uint8Array);

const text = (fields: Map<number, Value[]>, number: number): string =>
  new TextDecoder().decode(messages(fields, number)[0]);

const milliseconds = (fields: Map<number, Value[]>, number: number): number =>
  Number(BigInt(fields.get(number)?.[0]?.toString() ?? 0) / 1_000_000n);

/**
 * Spans of an `ExportTraceServiceRequest`. Field numbers: opentelemetry-proto, trace/v1 and
 * common/v1.
 */
export function decodeSpans(body: Uint8Array): DecodedSpan[] {
  const resources = messages(fieldsOf(body), 1);
  const scopes = resources.flatMap((resource) => messages(fieldsOf(resource), 2));
  return scopes.flatMap((scope) => messages(fieldsOf(scope), 2)).map(spanOf);
}

function spanOf(bytes: Uint8Array): DecodedSpan {
  const fields = fieldsOf(bytes);
  const hex = (number: number): string => toHex(messages(fields, number)[0] ?? new Uint8Array());
  const attributes = messages(fields, 9).map((pair) => {
    const entry = fieldsOf(pair);
    return [text(entry, 1), attributeValue(messages(entry, 2)[0] ?? new Uint8Array())];
  });
  return {
    trace: hex(1),
    span: hex(2),
    parent: hex(4),
    name: text(fields, 5),
    kind: Number(fields.get(6)?.[0] ?? 0),
    status: statusOf(fieldsOf(messages(fields, 15)[0] ?? new Uint8Array())),
    startMs: milliseconds(fields, 7),
    endMs: milliseconds(fields, 8),
    attributes: Object.fromEntries(attributes),
    links: messages(fields, 13).map((link) => linkOf(fieldsOf(link))),
  };
}

const statusOf = (fields: Map<number, Value[]>): DecodedSpan['status'] => ({
  code: Number(fields.get(3)?.[0] ?? 0),
  message: text(fields, 2),
});

const linkOf = (fields: Map<number, Value[]>): string =>
  [1, 2].map((id) => toHex(messages(fields, id)[0] ?? new Uint8Array())).join('-');

function attributeValue(bytes: Uint8Array): unknown {
  const fields = fieldsOf(bytes);
  if (fields.has(1)) return text(fields, 1);
  const list = messages(fields, 5)[0];
  if (list !== undefined) return messages(fieldsOf(list), 1).map(attributeValue);
  return Number(fields.get(2)?.[0] ?? fields.get(3)?.[0]);
}

/** One point of a metric as it stands in the bytes of an OTLP request. */
export interface DecodedPoint {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'sum' | 'histogram';
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Of a gauge or a sum. */
  readonly value: number;
  readonly count: number;
  readonly sum: number;
  readonly bounds: readonly number[];
  readonly buckets: readonly number[];
}

/** Points of an `ExportMetricsServiceRequest`. Field numbers: metrics/v1. */
export function decodeMetrics(body: Uint8Array): DecodedPoint[] {
  const resources = messages(fieldsOf(body), 1);
  const scopes = resources.flatMap((resource) => messages(fieldsOf(resource), 2));
  return scopes.flatMap((scope) => messages(fieldsOf(scope), 2)).flatMap(pointsOf);
}

const KINDS = [
  ['gauge', 5, 7],
  ['sum', 7, 7],
  ['histogram', 9, 9],
] as const;

function pointsOf(metric: Uint8Array): DecodedPoint[] {
  const fields = fieldsOf(metric);
  return KINDS.flatMap(([kind, number, attributesAt]) =>
    messages(fields, number)
      .flatMap((data) => messages(fieldsOf(data), 1))
      .map((bytes) => {
        const point = fieldsOf(bytes);
        return {
          name: text(fields, 1),
          unit: text(fields, 3),
          kind,
          attributes: pairsOf(messages(point, attributesAt)),
          value: double(point.get(4)?.[0]),
          count: Number(point.get(4)?.[0] ?? 0),
          sum: double(point.get(5)?.[0]),
          buckets: packed(messages(point, 6)[0], (view, at) => Number(view.getBigUint64(at, true))),
          bounds: packed(messages(point, 7)[0], (view, at) => view.getFloat64(at, true)),
        };
      }),
  );
}

const pairsOf = (pairs: readonly Uint8Array[]): Record<string, unknown> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const entry = fieldsOf(pair);
      return [text(entry, 1), attributeValue(messages(entry, 2)[0] ?? new Uint8Array())];
    }),
  );

function double(value: Value | undefined): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, typeof value === 'bigint' ? value : 0n);
  return view.getFloat64(0);
}

function packed(
  bytes: Uint8Array = new Uint8Array(),
  read: (view: DataView, at: number) => number,
): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 8 }, (_, n) => read(view, n * 8));
}
