import { CodedError, LIMITS, type SpanView } from '@spoor/core';
import type {
  Ask,
  Dependency,
  SpanRecord,
  TraceQuery,
  TraceReader,
  TraceRecord,
} from '../reader.ts';
import { Bounds, checkNames, newestFirst } from '../readers/bounds.ts';
import { matches } from '../readers/match.ts';
import { checkName, checkQuery, checkTraceId } from '../readers/words.ts';
import type { HubApi } from './api.ts';
import { Inventory, Trace, TraceList } from './forms.ts';

const NO_GRAPH =
  'The hub counts no calls between services; the graph of a session shows who called what';

const HUB_LATER_MS = 60_000;

/** Traces that are fetched at a time. */
const AT_ONCE = 4;

/**
 * What Spoor itself recorded, as the spans that it exports. A service is an MCP server, and an
 * operation a call of one of its tools.
 */
export class HubTraces implements TraceReader {
  readonly kind = 'spoor';
  readonly cannot: TraceReader['cannot'] = new Map([['dependencies', NO_GRAPH]]);
  readonly #hub: HubApi;

  constructor(hub: HubApi) {
    this.#hub = hub;
  }

  async services(ask: Ask): Promise<readonly string[]> {
    const { servers } = await this.#hub.get('inventory', Inventory, ask);
    return checkNames(servers.map(({ name }) => name));
  }

  async operations(service: string, ask: Ask): Promise<readonly string[]> {
    const name = checkName(service, 'service');
    const { servers } = await this.#hub.get('inventory', Inventory, ask);
    const tools = servers.find((server) => server.name === name)?.tools ?? [];
    return checkNames(tools.map((tool) => `tools/call ${tool.name}`));
  }

  /** @throws BACKEND_TOO_LARGE where there is more in the time than the hub looks at */
  async traces(query: TraceQuery, ask: Ask): Promise<readonly TraceRecord[]> {
    const { service, startMs, endMs, limit } = checkQuery(query);
    const listed = new URLSearchParams({
      server: service,
      fromMs: String(Math.floor(startMs)),
      // The hub's clock, which reads a little later than the span began.
      toMs: String(Math.ceil(endMs) + HUB_LATER_MS),
      limit: String(LIMITS.backendTracesMax),
    });
    const { traces, complete } = await this.#hub.get(`traces?${listed}`, TraceList, ask);
    const found: TraceRecord[] = [];
    for (let at = 0; at < traces.length && found.length < limit; at += AT_ONCE) {
      const batch = traces.slice(at, at + AT_ONCE);
      const read = await Promise.all(batch.map((trace) => this.trace(trace, ask)));
      const there = read.filter((one) => one !== undefined);
      found.push(...there.filter(({ spans }) => spans.some(matches(query))));
    }
    if (found.length < limit && !complete)
      throw new CodedError('BACKEND_TOO_LARGE', 'more calls in that time than are looked at');
    return newestFirst(found, limit);
  }

  async trace(trace: string, ask: Ask): Promise<TraceRecord | undefined> {
    const id = checkTraceId(trace);
    const found = await this.#hub.find(`traces/${id}`, Trace, ask);
    if (found === undefined) return undefined;
    const bounds = new Bounds();
    const spans = found.spans.map((span) => recordOf(span, bounds));
    const partial = found.partial ? { partial: true } : {};
    return { trace: id, spans, dropped: 0, cut: bounds.cut, ...partial };
  }

  dependencies(): Promise<readonly Dependency[]> {
    return Promise.reject(new CodedError('BACKEND_CANNOT', NO_GRAPH));
  }

  close(): Promise<void> {
    return this.#hub.close();
  }
}

function recordOf(span: SpanView, bounds: Bounds): SpanRecord {
  const { parent, link } = span;
  return {
    trace: span.trace,
    span: span.span,
    ...(parent === undefined ? {} : { parent }),
    service: bounds.name(span.server),
    name: bounds.name(span.name),
    kind: span.kind,
    startMs: span.startMs,
    durationMs: Math.max(0, span.endMs - span.startMs),
    status: span.error ? 'error' : 'unset',
    attributes: bounds.attributes(Object.entries(span.attributes)),
    resource: [],
    events: [],
    ...(link === undefined ? {} : { links: [{ trace: link.trace, span: link.span }] }),
  };
}
