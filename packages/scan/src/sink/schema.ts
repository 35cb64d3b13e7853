/**
 * The messages of OTLP as protobuf numbers them (opentelemetry-proto 1.x), for all three signals:
 * a scanner reads every text in them, also those that an ingest steps over.
 */
/** How a field is written: a scalar, or the name of a message. */
export type Kind = string;

export interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly many?: true;
}

type Fields = Readonly<Record<number, Field>>;

const one = (name: string, kind: string): Field => ({ name, kind });
const many = (name: string, kind: string): Field => ({ name, kind, many: true });

const ATTRIBUTES = many('attributes', 'KeyValue');

const MESSAGES: Readonly<Record<string, Fields>> = {
  TraceRequest: { 1: many('resourceSpans', 'ResourceSpans') },
  ResourceSpans: {
    1: one('resource', 'Resource'),
    2: many('scopeSpans', 'ScopeSpans'),
    3: one('schemaUrl', 'text'),
  },
  ScopeSpans: { 1: one('scope', 'Scope'), 2: many('spans', 'Span'), 3: one('schemaUrl', 'text') },
  Span: {
    1: one('traceId', 'id'),
    2: one('spanId', 'id'),
    3: one('traceState', 'text'),
    4: one('parentSpanId', 'id'),
    5: one('name', 'text'),
    6: one('kind', 'int'),
    9: ATTRIBUTES,
    11: many('events', 'SpanEvent'),
    13: many('links', 'Link'),
    15: one('status', 'Status'),
  },
  SpanEvent: { 2: one('name', 'text'), 3: ATTRIBUTES },
  Link: {
    1: one('traceId', 'id'),
    2: one('spanId', 'id'),
    3: one('traceState', 'text'),
    4: ATTRIBUTES,
  },
  Status: { 2: one('message', 'text'), 3: one('code', 'int') },
  LogsRequest: { 1: many('resourceLogs', 'ResourceLogs') },
  ResourceLogs: { 1: one('resource', 'Resource'), 2: many('scopeLogs', 'ScopeLogs') },
  ScopeLogs: { 1: one('scope', 'Scope'), 2: many('logRecords', 'LogRecord') },
  LogRecord: {
    3: one('severityText', 'text'),
    5: one('body', 'AnyValue'),
    6: ATTRIBUTES,
    9: one('traceId', 'id'),
    10: one('spanId', 'id'),
    12: one('eventName', 'text'),
  },
  MetricsRequest: { 1: many('resourceMetrics', 'ResourceMetrics') },
  ResourceMetrics: { 1: one('resource', 'Resource'), 2: many('scopeMetrics', 'ScopeMetrics') },
  ScopeMetrics: { 1: one('scope', 'Scope'), 2: many('metrics', 'Metric') },
  Metric: {
    1: one('name', 'text'),
    2: one('description', 'text'),
    3: one('unit', 'text'),
    5: one('gauge', 'Points'),
    7: one('sum', 'Points'),
    9: one('histogram', 'HistogramPoints'),
    10: one('exponentialHistogram', 'ExponentialPoints'),
    11: one('summary', 'Points'),
  },
  Points: { 1: many('dataPoints', 'DataPoint') },
  HistogramPoints: { 1: many('dataPoints', 'HistogramPoint') },
  ExponentialPoints: { 1: many('dataPoints', 'ExponentialPoint') },
  DataPoint: { 7: ATTRIBUTES, 5: many('exemplars', 'Exemplar') },
  HistogramPoint: { 9: ATTRIBUTES, 8: many('exemplars', 'Exemplar') },
  ExponentialPoint: { 1: ATTRIBUTES, 11: many('exemplars', 'Exemplar') },
  Exemplar: { 7: many('filteredAttributes', 'KeyValue') },
  Resource: { 1: ATTRIBUTES },
  Scope: { 1: one('name', 'text'), 2: one('version', 'text'), 3: ATTRIBUTES },
  KeyValue: { 1: one('key', 'text'), 2: one('value', 'AnyValue') },
  AnyValue: {
    1: one('stringValue', 'text'),
    2: one('boolValue', 'int'),
    3: one('intValue', 'int'),
    4: one('doubleValue', 'double'),
    5: one('arrayValue', 'ArrayValue'),
    6: one('kvlistValue', 'KeyValueList'),
    7: one('bytesValue', 'bytes'),
  },
  ArrayValue: { 1: many('values', 'AnyValue') },
  KeyValueList: { 1: many('values', 'KeyValue') },
};

export const fieldOf = (message: string, number: number): Field | undefined =>
  MESSAGES[message]?.[number];
