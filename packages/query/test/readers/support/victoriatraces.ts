import type { IncomingMessage } from 'node:http';
import { type ContractServer, contractServer, type Reply, spansIn } from './contract.ts';
import type { MadeSpan } from './otlp.ts';

const SELECT = '/select/jaeger/api/';
const LIMIT_MAX = 1_000;

/**
 * VictoriaTraces' query interface after its sources: every value is text, `error` says `unset`,
 * `false` or `true`, mistakes are 400 as plain text, a trace that is not there is 404 with an empty
 * list, and tenants are two headers.
 */
export function victoriaTracesContract(): Promise<ContractServer> {
  const tenants = new Map<string, MadeSpan[]>();
  return contractServer((request, url, body) => {
    const tenant = tenantOf(request);
    if (tenant === undefined) return mistake('cannot parse AccountID or ProjectID');
    const spans = tenants.get(tenant) ?? [];
    if (url.pathname === '/insert/opentelemetry/v1/traces') {
      tenants.set(tenant, [...spans, ...spansIn(body)]);
      return { body: '{}' };
    }
    if (!url.pathname.startsWith(SELECT)) return mistake('unsupported path requested', 404);
    // As Go does: the path is decoded before it is cut.
    return select(decodeURIComponent(url.pathname.slice(SELECT.length)), url, spans);
  });
}

function tenantOf({ headers }: IncomingMessage): string | undefined {
  const parts = [headers.accountid ?? '0', headers.projectid ?? '0'].map(String);
  return parts.every((part) => /^\d{1,10}$/.test(part)) ? parts.join(':') : undefined;
}

const mistake = (why: string, status: number = 400): Reply => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${why}\n`,
});

const listed = (data: readonly unknown[], status: number = 200): Reply => ({
  status,
  body: JSON.stringify({ data, errors: null, limit: 0, offset: 0, total: data.length }),
});

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();

function select(path: string, url: URL, spans: readonly MadeSpan[]): Reply {
  const [, service] = /^services\/(.+)\/operations$/s.exec(path) ?? [];
  const [, trace] = /^traces\/(.+)$/s.exec(path) ?? [];
  if (path === 'services') return listed(unique(spans.map((span) => span.service)));
  if (service !== undefined)
    return listed(unique(spans.filter((span) => span.service === service).map(({ name }) => name)));
  if (path === 'traces') return search(url.searchParams, spans);
  if (path === 'dependencies') return listed(dependencies(url.searchParams, spans));
  if (trace === undefined) return mistake('unsupported path requested', 404);
  const found = spans.filter((span) => span.trace === trace);
  return found.length === 0 ? listed([], 404) : listed([traceJson(found)]);
}

function search(query: URLSearchParams, spans: readonly MadeSpan[]): Reply {
  const service = query.get('service') ?? '';
  if (service === '') return mistake('incorrect trace query params: service name is required');
  const limit = Number(query.get('limit') ?? 20);
  if (!(limit >= 0 && limit <= LIMIT_MAX)) return mistake(`limit ${limit} out of range`);
  const [min, max] = [durationOf(query.get('minDuration')), durationOf(query.get('maxDuration'))];
  if (Number.isNaN(min) || Number.isNaN(max)) return mistake('cannot parse duration');
  const start = Number(query.get('start') ?? 0) / 1_000;
  const end = Number(query.get('end') ?? Number.MAX_SAFE_INTEGER) / 1_000;
  const tags = Object.entries(JSON.parse(query.get('tags') ?? '{}') as Record<string, string>);
  const operation = query.get('operation') ?? '';
  const hits = spans.filter(
    (span) =>
      span.service === service &&
      (operation === '' || span.name === operation) &&
      span.startMs >= start &&
      span.startMs <= end &&
      span.durationMs >= (min ?? 0) &&
      span.durationMs <= (max ?? Number.MAX_SAFE_INTEGER) &&
      tags.every(([key, value]) => fieldOf(span, key) === value),
  );
  const traces = unique(hits.map(({ trace }) => trace)).slice(0, limit);
  return listed(traces.map((id) => traceJson(spans.filter(({ trace }) => trace === id))));
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000 };

/** Milliseconds; NaN where Go would not read it. */
function durationOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(us|ms|s)$/.exec(text) ?? [];
  return number === undefined ? Number.NaN : Number(number) * (UNITS[unit] ?? Number.NaN);
}

function fieldOf(span: MadeSpan, key: string): string | undefined {
  if (key === 'error') return ERRORS[span.status];
  if (key === 'span.kind') return span.kind;
  const [, resource] = /^resource_attr:(.*)$/.exec(key) ?? [];
  const value = resource === undefined ? span.attributes[key] : span.resource[resource];
  return value === undefined ? undefined : String(value);
}

const ERRORS = { unset: 'unset', ok: 'false', error: 'true' } as const;

const tagsOf = (values: Readonly<Record<string, unknown>>): object[] =>
  Object.entries(values).map(([key, value]) => ({ key, type: 'string', value: String(value) }));

function traceJson(spans: readonly MadeSpan[]): object {
  const processes: Record<string, object> = {};
  const rows = spans.map((span, at) => {
    const processID = `p${at + 1}`;
    processes[processID] = { serviceName: span.service, tags: tagsOf(span.resource) };
    return spanJson(span, processID);
  });
  return { processes, spans: rows, traceID: spans[0]?.trace, warnings: null };
}

const spanJson = (span: MadeSpan, processID: string): object => ({
  duration: Math.round(span.durationMs * 1_000),
  logs: span.events.map(({ name, atMs, attributes }) => ({
    timestamp: Math.round(atMs * 1_000),
    fields: tagsOf({ event: name, ...attributes }),
  })),
  operationName: span.name,
  processID,
  references: [
    ...(span.parent === undefined
      ? []
      : [{ refType: 'CHILD_OF', spanID: span.parent, traceID: span.trace }]),
    ...span.links.map((link) => ({
      refType: 'FOLLOWS_FROM',
      spanID: link.span,
      traceID: link.trace,
    })),
  ],
  spanID: span.span,
  startTime: Math.round(span.startMs * 1_000),
  tags: tagsOf({
    'span.kind': span.kind,
    error: ERRORS[span.status],
    'otel.scope.name': 'made',
    ...span.attributes,
  }),
  traceID: span.trace,
  warnings: null,
});

function dependencies(query: URLSearchParams, spans: readonly MadeSpan[]): object[] {
  const end = Number(query.get('endTs'));
  const start = end - Number(query.get('lookback'));
  const within = spans.filter(({ startMs }) => startMs >= start && startMs <= end);
  const calls = new Map<string, number>();
  for (const child of within) {
    const parent = spans.find(({ span, trace }) => span === child.parent && trace === child.trace);
    if (parent === undefined || parent.service === child.service) continue;
    const pair = JSON.stringify([parent.service, child.service]);
    calls.set(pair, (calls.get(pair) ?? 0) + 1);
  }
  return [...calls].map(([pair, callCount]) => {
    const [parent, child] = JSON.parse(pair) as [string, string];
    return { parent, child, callCount };
  });
}
