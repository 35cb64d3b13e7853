import { type ContractServer, contractServer, type Reply, spansIn } from './contract.ts';
import { type MadeSpan, otlpResource, otlpSpan } from './otlp.ts';
import { parseTraceQl } from './traceql-check.ts';

/**
 * Tempo's query interface after its documents and sources: ids in Base64, kinds by name, a search
 * that gives ids and no spans, seconds, one header for the tenant.
 */
export function tempoContract(version: 1 | 2 = 2): Promise<ContractServer> {
  const tenants = new Map<string, MadeSpan[]>();
  return contractServer((request, url, body) => {
    const tenant = String(request.headers['x-scope-orgid'] ?? 'single-tenant');
    const spans = tenants.get(tenant) ?? [];
    if (url.pathname === '/v1/traces') {
      tenants.set(tenant, [...spans, ...spansIn(body)]);
      return { body: '{}' };
    }
    return queried(url, spans, version);
  });
}

function queried(url: URL, spans: readonly MadeSpan[], version: 1 | 2): Reply {
  const [, id] = /^\/api\/traces\/([^/]+)$/.exec(url.pathname) ?? [];
  const [, idV2] = /^\/api\/v2\/traces\/([^/]+)$/.exec(url.pathname) ?? [];
  const [, tag] = /^\/api\/v2\/search\/tag\/([^/]+)\/values$/.exec(url.pathname) ?? [];
  if (url.pathname === '/api/search') return search(url.searchParams, spans);
  if (tag !== undefined) return values(tag, url.searchParams, spans);
  if (id !== undefined) return traceOf(id, spans, (batches) => ({ batches }));
  if (idV2 !== undefined && version === 2)
    return traceOf(idV2, spans, (resourceSpans) => ({ trace: { resourceSpans }, metrics: {} }));
  return { status: 404, type: 'text/plain', body: '404 page not found\n' };
}

const mistake = (why: string): Reply => ({ status: 400, type: 'text/plain', body: why });

function rangeOf(query: URLSearchParams): { readonly start: number; readonly end: number } {
  const [start, end] = [query.get('start') ?? '', query.get('end') ?? ''];
  const isRange = /^\d{1,10}$/.test(start) && /^\d{1,10}$/.test(end) && Number(start) < Number(end);
  if (!isRange) throw new Error('invalid start or end');
  return { start: Number(start), end: Number(end) };
}

function search(query: URLSearchParams, spans: readonly MadeSpan[]): Reply {
  try {
    const { start, end } = rangeOf(query);
    const matches = parseTraceQl(query.get('q') ?? '');
    const hits = spans.filter(
      (span) => span.startMs >= start * 1_000 && span.startMs <= end * 1_000 && matches(span),
    );
    const ids = [...new Set(hits.map(({ trace }) => trace))].slice(0, Number(query.get('limit')));
    // Small ids come without their zeros.
    const traces = ids.map((traceID) => ({ traceID: traceID.replace(/^0+/, ''), durationMs: 1 }));
    return { body: JSON.stringify({ traces, metrics: { totalBlocks: 1 } }) };
  } catch (error) {
    return mistake(String(error));
  }
}

function values(tag: string, query: URLSearchParams, spans: readonly MadeSpan[]): Reply {
  rangeOf(query);
  const matches = query.has('q') ? parseTraceQl(query.get('q') ?? '') : (): boolean => true;
  const pick = (span: MadeSpan): string => (tag === 'name' ? span.name : span.service);
  if (tag !== 'name' && tag !== 'resource.service.name') return mistake('unknown tag');
  const names = [...new Set(spans.filter(matches).map(pick))];
  const tagValues = names.map((value) => ({ type: 'string', value }));
  return { body: JSON.stringify({ tagValues, metrics: {} }) };
}

function traceOf(
  id: string,
  spans: readonly MadeSpan[],
  shape: (batches: readonly object[]) => object,
): Reply {
  if (!/^[0-9a-f]{1,32}$/.test(id)) return mistake('trace IDs can only contain hex characters');
  const found = spans.filter(({ trace }) => trace === id.padStart(32, '0'));
  if (found.length === 0) return { status: 404, type: 'text/plain', body: '' };
  const batches = found.map((span) => ({
    resource: otlpResource(span),
    scopeSpans: [{ scope: { name: 'made' }, spans: [asTempo(span)] }],
  }));
  return { body: JSON.stringify(shape(batches)) };
}

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

const asTempo = (span: MadeSpan): object => ({
  ...otlpSpan(span),
  traceId: base64(span.trace),
  spanId: base64(span.span),
  ...(span.parent === undefined ? {} : { parentSpanId: base64(span.parent) }),
  kind: `SPAN_KIND_${span.kind.toUpperCase()}`,
  status: span.status === 'unset' ? {} : { code: `STATUS_CODE_${span.status.toUpperCase()}` },
  links: span.links.map((link) => ({ traceId: base64(link.trace), spanId: base64(link.span) })),
});
