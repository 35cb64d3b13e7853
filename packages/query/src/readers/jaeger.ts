import { CodedError, LIMITS } from '@spoor/core';
import type { BackendSettings, ReaderOptions } from '../backend-settings.ts';
import type { Ask, Dependency, TraceQuery, TraceReader, TraceRecord } from '../reader.ts';
import { Backend, parseAs } from './backend.ts';
import { checkNames } from './bounds.ts';
import {
  DependenciesAnswer,
  type JaegerAnswer,
  NamesAnswer,
  OperationsAnswer,
  readTraces,
  TracesAnswer,
} from './jaeger-json.ts';
import { asksForFields, hasFields, withoutFields } from './match.ts';
import { checkPathName, checkQuery, checkRange, checkTraceId } from './words.ts';

/** What tells Jaeger from those that speak as it does. */
export interface JaegerDialect {
  readonly kind: 'jaeger' | 'victoriatraces';
  /** Of all paths. */
  readonly prefix: readonly string[];
  /**
   * Where the service stands in a question for its operations. Jaeger knows none with a slash in a
   * path, and answers that it has no operations.
   */
  readonly operations: 'path' | 'query';
  /**
   * Whether the tags `error` and `span.kind` find spans by those fields. In Jaeger that depends on
   * its store: that in memory takes `error: true` for its opposite, and knows no kind.
   */
  readonly knowsFields: boolean;
  /** @throws QUESTION_INVALID for what is no tenant */
  tenant(name: string | undefined): Readonly<Record<string, string>>;
}

const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

const JAEGER: JaegerDialect = {
  kind: 'jaeger',
  prefix: ['api'],
  operations: 'query',
  knowsFields: false,
  // The header that Jaeger has by default where tenancy is switched on.
  tenant(name) {
    if (name === undefined) return {};
    if (!TENANT.test(name)) throw new CodedError('QUESTION_INVALID', 'tenant');
    return { 'x-tenant': name };
  },
};

/** Jaeger 1.x and 2.x: the interface of its UI, which both have. */
export const jaegerReader = (settings: BackendSettings, options: ReaderOptions): TraceReader =>
  new JaegerReader(JAEGER, settings, options);

export class JaegerReader implements TraceReader {
  readonly kind: JaegerDialect['kind'];
  readonly cannot: TraceReader['cannot'] = new Map();
  readonly #dialect: JaegerDialect;
  readonly #backend: Backend;
  readonly #tenant: string | undefined;

  /** @throws BACKEND_REFUSED, HEADER_REFUSED, QUESTION_INVALID */
  constructor(dialect: JaegerDialect, settings: BackendSettings, options: ReaderOptions) {
    this.kind = dialect.kind;
    this.#dialect = dialect;
    this.#tenant = settings.tenant;
    dialect.tenant(settings.tenant);
    this.#backend = new Backend(settings, options);
  }

  async services(ask: Ask): Promise<readonly string[]> {
    const asked = this.#asked(ask, 'services');
    return checkNames(dataOf(await this.#backend.get({ ...asked, answer: NamesAnswer })));
  }

  async operations(service: string, ask: Ask): Promise<readonly string[]> {
    const name = checkPathName(service, 'service');
    if (this.#dialect.operations === 'path') {
      const asked = this.#asked(ask, 'services', name, 'operations');
      return checkNames(dataOf(await this.#backend.get({ ...asked, answer: NamesAnswer })));
    }
    const asked = { ...this.#asked(ask, 'operations'), query: { service: name } };
    const rows = dataOf(await this.#backend.get({ ...asked, answer: OperationsAnswer }));
    return checkNames(rows.map((row) => row.name));
  }

  /** @throws BACKEND_TOO_LARGE where what is asked for cannot be found among so many */
  async traces(query: TraceQuery, ask: Ask): Promise<readonly TraceRecord[]> {
    const found = await this.#search(checkQuery(query), ask);
    if (this.#dialect.knowsFields || !asksForFields(query.tags)) return found;
    const holds = ({ spans }: TraceRecord): boolean => spans.some(hasFields(query));
    if (found.length > 0 && found.every(holds)) return found;
    const limit = LIMITS.backendTracesMax;
    const all = await this.#search({ ...query, tags: withoutFields(query.tags), limit }, ask);
    const held = all.filter(holds);
    if (held.length < query.limit && all.length >= limit)
      throw new CodedError('BACKEND_TOO_LARGE', 'more traces in that time than are looked through');
    return held.slice(0, query.limit);
  }

  async #search(query: TraceQuery, ask: Ask): Promise<readonly TraceRecord[]> {
    const { service, operation, tags, startMs, endMs, minDurationMs, maxDurationMs, limit } = query;
    const answer = await this.#backend.get({
      ...this.#asked(ask, 'traces'),
      query: {
        service,
        operation,
        start: microseconds(startMs),
        end: microseconds(endMs),
        minDuration: duration(minDurationMs),
        maxDuration: duration(maxDurationMs),
        limit: String(limit),
        tags: Object.keys(tags).length === 0 ? undefined : JSON.stringify(tags),
      },
      answer: TracesAnswer,
    });
    return readTraces(dataOf(answer), limit);
  }

  async trace(trace: string, ask: Ask): Promise<TraceRecord | undefined> {
    const id = checkTraceId(trace);
    const found = await this.#backend.find({
      ...this.#asked(ask, 'traces', id),
      answer: TracesAnswer,
      missing: isEmpty,
    });
    if (found === undefined || dataOf(found).length === 0) return undefined;
    const [record] = readTraces(found.data, 1, id);
    if (record === undefined) throw new CodedError('BACKEND_MALFORMED', 'another trace');
    return record;
  }

  async dependencies(endMs: number, lookbackMs: number, ask: Ask): Promise<readonly Dependency[]> {
    checkRange(endMs - lookbackMs, endMs);
    const answer = await this.#backend.get({
      ...this.#asked(ask, 'dependencies'),
      query: { endTs: String(Math.round(endMs)), lookback: String(Math.round(lookbackMs)) },
      answer: DependenciesAnswer,
    });
    const links = dataOf(answer);
    if (links.length > LIMITS.backendNamesMax) throw new CodedError('BACKEND_TOO_LARGE', 'names');
    return links.map(({ parent, child, callCount: calls }) => ({ parent, child, calls }));
  }

  close(): Promise<void> {
    return this.#backend.close();
  }

  #asked(ask: Ask, ...path: string[]): Pick<Asked, 'path' | 'tenant' | 'ask'> {
    const tenant = this.#dialect.tenant(ask.tenant ?? this.#tenant);
    return { path: [...this.#dialect.prefix, ...path], tenant, ask };
  }
}

type Asked = Parameters<Backend['get']>[0];

/** @throws BACKEND_STATUS where it says what went wrong instead */
function dataOf<Row>({ data, errors }: JaegerAnswer<Row>): readonly Row[] {
  if (data.length === 0 && errors.length > 0) throw new CodedError('BACKEND_STATUS', 'errors');
  return data;
}

/** Jaeger and VictoriaTraces say in their own form that they do not know a trace. */
function isEmpty(body: string): boolean {
  try {
    return parseAs(body, TracesAnswer).data.length === 0;
  } catch {
    return false;
  }
}

const microseconds = (ms: number): string => String(Math.round(ms * 1_000));

/** As Go reads durations. */
const duration = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : `${Math.round(ms * 1_000)}us`;
