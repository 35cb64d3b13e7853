import { CodedError, DAY_MS, LIMITS } from '@spoor/core';
import type { BackendSettings, ReaderOptions } from '../backend-settings.ts';
import type { Ask, Dependency, TraceQuery, TraceReader, TraceRecord } from '../reader.ts';
import { Backend } from './backend.ts';
import { checkNames, newestFirst, readId } from './bounds.ts';
import {
  readTempoTrace,
  SearchAnswer,
  TraceAnswer,
  TraceAnswerV2,
  ValuesAnswer,
} from './tempo-json.ts';
import { operationsQl, traceQlOf } from './traceql.ts';
import { checkName, checkQuery, checkTraceId } from './words.ts';

/** What Tempo allows in a tenant; a list of several (`a|b`) is none that a caller may ask for. */
const TENANT = /^[A-Za-z0-9!_.*'()-]{1,150}$/;

const NO_GRAPH =
  'Tempo has no graph of services that can be asked for: its metrics generator writes one to Prometheus';

/** Names come from this long back: without a time, Tempo looks at the last minutes alone. */
const NAMES_MS = DAY_MS;

/** Traces of one answer that are fetched at a time: each may be as large as an answer may be. */
const AT_ONCE = 4;

/** Grafana Tempo 2 and later. */
class TempoReader implements TraceReader {
  readonly kind = 'tempo';
  readonly cannot: TraceReader['cannot'] = new Map([['dependencies', NO_GRAPH]]);
  readonly #backend: Backend;
  readonly #tenant: string | undefined;
  /** Versions before 2.6 have no second version of this one path. */
  #hasV2 = true;

  /** @throws BACKEND_REFUSED, HEADER_REFUSED, QUESTION_INVALID */
  constructor(settings: BackendSettings, options: ReaderOptions) {
    this.#tenant = settings.tenant;
    tenantHeader(settings.tenant);
    this.#backend = new Backend(settings, options);
  }

  async services(ask: Ask): Promise<readonly string[]> {
    return this.#values('resource.service.name', undefined, ask);
  }

  async operations(service: string, ask: Ask): Promise<readonly string[]> {
    return this.#values('name', operationsQl(checkName(service, 'service')), ask);
  }

  async traces(query: TraceQuery, ask: Ask): Promise<readonly TraceRecord[]> {
    const { startMs, endMs, limit } = checkQuery(query);
    const { traces } = await this.#backend.get({
      ...this.#asked(ask, 'search'),
      query: {
        q: traceQlOf(query),
        ...seconds(startMs, endMs),
        limit: String(limit),
        spss: '1',
      },
      answer: SearchAnswer,
    });
    const ids = traces.flatMap(({ traceID }) => readId(traceID, 32) ?? []).slice(0, limit);
    const found = await this.#traces([...new Set(ids)], ask);
    // Tempo knows seconds.
    const isWithin = ({ spans, partial }: TraceRecord): boolean =>
      partial === true || spans.some((span) => span.startMs >= startMs && span.startMs <= endMs);
    return newestFirst(found.filter(isWithin), limit);
  }

  async trace(trace: string, ask: Ask): Promise<TraceRecord | undefined> {
    return this.#trace(checkTraceId(trace), LIMITS.backendSpansMax, ask);
  }

  dependencies(): Promise<readonly Dependency[]> {
    return Promise.reject(new CodedError('BACKEND_CANNOT', NO_GRAPH));
  }

  close(): Promise<void> {
    return this.#backend.close();
  }

  /** A few at a time, until the answer has as many spans as it may. */
  async #traces(ids: readonly string[], ask: Ask): Promise<TraceRecord[]> {
    let room: number = LIMITS.backendSpansMax;
    const found: TraceRecord[] = [];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const batch = ids.slice(at, at + AT_ONCE);
      const read = await Promise.all(
        batch.map((id) =>
          room > 0
            ? this.#trace(id, room, ask)
            : { trace: id, spans: [], dropped: 0, partial: true },
        ),
      );
      const there = read.filter((one) => one !== undefined);
      room -= there.reduce((sum, { spans }) => sum + spans.length, 0);
      found.push(...there);
    }
    return found;
  }

  async #trace(id: string, room: number, ask: Ask): Promise<TraceRecord | undefined> {
    if (!this.#hasV2) return this.#traceV1(id, room, ask);
    try {
      const found = await this.#backend.find({
        ...this.#asked(ask, 'v2', 'traces', id),
        answer: TraceAnswerV2,
        missing: isUnknownTrace,
      });
      const record = found === undefined ? undefined : readTempoTrace(found.trace, id, room);
      return record !== undefined && found?.status === 'PARTIAL'
        ? { ...record, partial: true }
        : record;
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'BACKEND_NOT_FOUND') throw error;
      const record = await this.#traceV1(id, room, ask);
      this.#hasV2 = false;
      return record;
    }
  }

  async #traceV1(id: string, room: number, ask: Ask): Promise<TraceRecord | undefined> {
    const found = await this.#backend.find({
      ...this.#asked(ask, 'traces', id),
      answer: TraceAnswer,
      missing: isUnknownTrace,
    });
    return found === undefined ? undefined : readTempoTrace(found, id, room);
  }

  async #values(tag: string, q: string | undefined, ask: Ask): Promise<readonly string[]> {
    const nowMs = Date.now();
    const { tagValues } = await this.#backend.get({
      ...this.#asked(ask, 'v2', 'search', 'tag', tag, 'values'),
      query: { q, ...seconds(nowMs - NAMES_MS, nowMs) },
      answer: ValuesAnswer,
    });
    return checkNames(tagValues.map(({ value }) => value));
  }

  #asked(ask: Ask, ...path: string[]): Pick<Asked, 'path' | 'tenant' | 'ask'> {
    return { path: ['api', ...path], tenant: tenantHeader(ask.tenant ?? this.#tenant), ask };
  }
}

type Asked = Parameters<Backend['get']>[0];

export const tempoReader = (settings: BackendSettings, options: ReaderOptions): TraceReader =>
  new TempoReader(settings, options);

function tenantHeader(name: string | undefined): Readonly<Record<string, string>> {
  if (name === undefined) return {};
  if (!TENANT.test(name) || name === '.' || name === '..')
    throw new CodedError('QUESTION_INVALID', 'tenant');
  return { 'x-scope-orgid': name };
}

/** The second both ends lie in, and the next one where they are the same. */
function seconds(startMs: number, endMs: number): { readonly start: string; readonly end: string } {
  const start = Math.floor(startMs / 1_000);
  return { start: String(start), end: String(Math.max(Math.ceil(endMs / 1_000), start + 1)) };
}

/** Its 404 has no body, or one sentence on the trace; a router's and a proxy's speak of a page. */
const isUnknownTrace = (body: string): boolean =>
  body.trim() === '' || (/\btrace\b/i.test(body) && body.length < 200 && !/[<{]/.test(body));
