import type { TraceQuery } from '../reader.ts';

/**
 * A question as TraceQL. Whatever stands in it is quoted, so that a value cannot end its quotes and
 * begin a condition of its own.
 */
export function traceQlOf(query: TraceQuery): string {
  const { service, operation, tags, minDurationMs, maxDurationMs } = query;
  const conditions = [
    ofService(service),
    ...(operation === undefined ? [] : [`name = ${quoted(operation)}`]),
    ...Object.entries(tags).map(([key, value]) => tagCondition(key, value)),
    ...(minDurationMs === undefined ? [] : [`duration >= ${duration(minDurationMs)}`]),
    ...(maxDurationMs === undefined ? [] : [`duration <= ${duration(maxDurationMs)}`]),
  ];
  return `{ ${conditions.join(' && ')} }`;
}

export const operationsQl = (service: string): string => `{ ${ofService(service)} }`;

const ofService = (service: string): string => `resource.service.name = ${quoted(service)}`;

/** TraceQL reads strings as Go does, of which JSON's are a part. */
const quoted = (text: string): string => JSON.stringify(text);

const duration = (ms: number): string => `${Math.round(ms * 1_000)}us`;

const KINDS: ReadonlySet<string> = new Set([
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
]);

/** Jaeger's words for fields are taken for the fields; other tags are compared in each type. */
function tagCondition(key: string, value: string): string {
  if (key === 'error' && (value === 'true' || value === 'false'))
    return `status ${value === 'true' ? '=' : '!='} error`;
  if (key === 'span.kind' && KINDS.has(value)) return `kind = ${value}`;
  const name = /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key) ? `.${key}` : `.${quoted(key)}`;
  const asText = `${name} = ${quoted(value)}`;
  return /^(?:true|false|-?\d{1,15}(?:\.\d{1,15})?)$/.test(value)
    ? `(${asText} || ${name} = ${value})`
    : asText;
}
