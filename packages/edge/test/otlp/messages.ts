import protobuf from 'protobufjs';

/**
 * The messages of a trace request for protobufjs, which the tests take as oracle: numbers and names
 * of the fields that our decoder reads. All others are unknown to both.
 */
const { Root } = protobuf;

const repeated = (id: number, type: string): protobuf.IField => ({ id, type, rule: 'repeated' });
const field = (id: number, type: string): protobuf.IField => ({ id, type });

const root = Root.fromJSON({
  nested: {
    Request: { fields: { resourceSpans: repeated(1, 'ResourceSpans') } },
    ResourceSpans: {
      fields: { resource: field(1, 'Resource'), scopeSpans: repeated(2, 'ScopeSpans') },
    },
    Resource: { fields: { attributes: repeated(1, 'KeyValue') } },
    ScopeSpans: { fields: { scope: field(1, 'Scope'), spans: repeated(2, 'Span') } },
    Scope: { fields: { name: field(1, 'string'), version: field(2, 'string') } },
    Span: {
      fields: {
        traceId: field(1, 'bytes'),
        spanId: field(2, 'bytes'),
        parentSpanId: field(4, 'bytes'),
        name: field(5, 'string'),
        kind: field(6, 'int32'),
        startTimeUnixNano: field(7, 'fixed64'),
        endTimeUnixNano: field(8, 'fixed64'),
        attributes: repeated(9, 'KeyValue'),
        events: repeated(11, 'Event'),
        status: field(15, 'Status'),
      },
    },
    Event: { fields: { name: field(2, 'string'), attributes: repeated(3, 'KeyValue') } },
    Status: { fields: { message: field(2, 'string'), code: field(3, 'int32') } },
    KeyValue: { fields: { key: field(1, 'string'), value: field(2, 'AnyValue') } },
    AnyValue: {
      oneofs: {
        value: {
          oneof: [
            'stringValue',
            'boolValue',
            'intValue',
            'doubleValue',
            'arrayValue',
            'kvlistValue',
            'bytesValue',
          ],
        },
      },
      fields: {
        stringValue: field(1, 'string'),
        boolValue: field(2, 'bool'),
        intValue: field(3, 'int64'),
        doubleValue: field(4, 'double'),
        arrayValue: field(5, 'ArrayValue'),
        kvlistValue: field(6, 'KeyValueList'),
        bytesValue: field(7, 'bytes'),
      },
    },
    ArrayValue: { fields: { values: repeated(1, 'AnyValue') } },
    KeyValueList: { fields: { values: repeated(1, 'KeyValue') } },
  },
});

export const REQUEST: protobuf.Type = root.lookupType('Request');

/** A request as JSON says it, of the same form that `encode` takes. */
export interface JsonRequest {
  readonly resourceSpans: readonly JsonResourceSpans[];
}

export interface JsonResourceSpans {
  readonly resource?: { readonly attributes: readonly JsonAttribute[] };
  readonly scopeSpans: readonly JsonScopeSpans[];
}

export interface JsonScopeSpans {
  readonly scope?: { readonly name?: string; readonly version?: string };
  readonly spans: readonly JsonSpan[];
}

export interface JsonSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly JsonAttribute[];
  readonly events?: readonly {
    readonly name: string;
    readonly attributes: readonly JsonAttribute[];
  }[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

export interface JsonAttribute {
  readonly key: string;
  readonly value?: JsonAny;
}

export type JsonAny =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string | number }
  | { readonly doubleValue: number | string }
  | { readonly arrayValue: { readonly values: readonly JsonAny[] } }
  | { readonly kvlistValue: { readonly values: readonly JsonAttribute[] } }
  | { readonly bytesValue: string }
  | Record<string, never>;

/** The same request as protobuf, by protobufjs. */
export function encode(request: JsonRequest): Buffer {
  const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
  const prepared = {
    resourceSpans: request.resourceSpans.map((group) => ({
      ...group,
      scopeSpans: group.scopeSpans.map((scope) => ({
        ...scope,
        spans: scope.spans.map(({ traceId, spanId, parentSpanId, ...span }) => ({
          ...span,
          traceId: bytes(traceId),
          spanId: bytes(spanId),
          ...(parentSpanId === undefined ? {} : { parentSpanId: bytes(parentSpanId) }),
        })),
      })),
    })),
  };
  return Buffer.from(REQUEST.encode(REQUEST.fromObject(prepared)).finish());
}

/** What protobufjs makes of bytes, in the form of our rows. Throws what protobufjs throws. */
export function oracle(bytes: Buffer): unknown[] {
  const request = REQUEST.toObject(REQUEST.decode(bytes), {
    longs: BigInt,
    bytes: String,
    arrays: true,
  }) as { resourceSpans: OracleObject[] };
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    (scopeSpans as OracleObject[]).flatMap(({ scope, spans }) =>
      (spans as OracleObject[]).map((span) =>
        rowOf(span, {
          resource: { attributes: pairs((resource as OracleObject | undefined)?.attributes) },
          scope: { name: '', version: '', ...(scope as object | undefined) },
        }),
      ),
    ),
  );
}

type OracleObject = Readonly<Record<string, unknown>>;

const hex = (base64: unknown): string =>
  Buffer.from((base64 as string | undefined) ?? '', 'base64').toString('hex');
const millis = (nanos: unknown): number => Number(nanos ?? 0n) / 1e6;
const within = (value: unknown, last: number): number => {
  const number = (value as number | undefined) ?? 0;
  return number >= 0 && number <= last ? number : 0;
};

function rowOf(span: OracleObject, shared: object): object {
  const startMs = millis(span.startTimeUnixNano);
  const endMs = millis(span.endTimeUnixNano);
  const late = Date.UTC(2100, 0, 1);
  const parent = hex(span.parentSpanId);
  const status = span.status as OracleObject | undefined;
  return {
    ...shared,
    trace: hex(span.traceId),
    span: hex(span.spanId),
    parent: /^0*$/.test(parent) ? '' : parent,
    name: span.name ?? '',
    kind: within(span.kind, 5),
    startMs,
    endMs: endMs > startMs && endMs < late ? endMs : startMs,
    attributes: pairs(span.attributes),
    events: ((span.events as OracleObject[] | undefined) ?? []).map((event) => ({
      name: event.name ?? '',
      attributes: pairs(event.attributes),
    })),
    status: within(status?.code, 2),
    statusMessage: status?.message ?? '',
    truncated: false,
  };
}

const pairs = (from: unknown): object[] =>
  ((from as OracleObject[] | undefined) ?? []).map(({ key, value }) => ({
    key: key ?? '',
    value: anyOf(value),
  }));

function anyOf(from: unknown): unknown {
  const value = (from ?? {}) as OracleObject;
  const [[kind, given] = ['none', null]] = Object.entries(value);
  const inner = (given as { values?: unknown[] } | null)?.values ?? [];
  switch (kind) {
    case 'intValue':
      return Number.isSafeInteger(Number(given)) ? Number(given) : String(given);
    case 'arrayValue':
      return inner.map(anyOf);
    case 'kvlistValue':
      return Object.fromEntries(
        pairs(inner).map((pair) => Object.values(pair) as [string, unknown]),
      );
    default:
      return given;
  }
}
