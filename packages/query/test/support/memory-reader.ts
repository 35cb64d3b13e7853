import type {
  Ask,
  Dependency,
  SpanRecord,
  TraceQuery,
  TraceQuestion,
  TraceReader,
  TraceRecord,
} from '../../src/reader.ts';

const NO_TENANT = '0:0';

/** Keeps spans of several tenants, each of which sees its own alone. */
export class MemoryReader implements TraceReader {
  readonly kind = 'jaeger';
  readonly cannot: ReadonlyMap<TraceQuestion, string>;
  readonly #tenants: Readonly<Record<string, readonly SpanRecord[]>>;
  /** Questions as they came. */
  readonly asked: unknown[] = [];

  constructor(
    tenants: Readonly<Record<string, readonly SpanRecord[]>>,
    cannot: Partial<Record<TraceQuestion, string>> = {},
  ) {
    this.#tenants = tenants;
    this.cannot = new Map(Object.entries(cannot) as [TraceQuestion, string][]);
  }

  async services(ask: Ask): Promise<readonly string[]> {
    return [...new Set(this.#spans(ask).map(({ service }) => service))].sort();
  }

  async operations(service: string, ask: Ask): Promise<readonly string[]> {
    const own = this.#spans(ask).filter((span) => span.service === service);
    return [...new Set(own.map(({ name }) => name))].sort();
  }

  async traces(query: TraceQuery, ask: Ask): Promise<readonly TraceRecord[]> {
    this.asked.push(query);
    const { service, operation, tags, startMs, endMs, limit } = query;
    const fits = (span: SpanRecord): boolean =>
      span.service === service &&
      (operation === undefined || span.name === operation) &&
      span.startMs >= startMs &&
      span.startMs <= endMs &&
      Object.entries(tags).every(([key, value]) =>
        span.attributes.some((one) => one.key === key && String(one.value) === value),
      );
    const ids = new Set(
      this.#spans(ask)
        .filter(fits)
        .map(({ trace }) => trace),
    );
    const found = [...ids].map((id) => this.#trace(id, ask)).filter((one) => one !== undefined);
    return found.slice(0, limit);
  }

  async trace(trace: string, ask: Ask): Promise<TraceRecord | undefined> {
    this.asked.push(trace);
    return this.#trace(trace, ask);
  }

  async dependencies(endMs: number, lookbackMs: number, ask: Ask): Promise<readonly Dependency[]> {
    this.asked.push({ endMs, lookbackMs });
    const spans = this.#spans(ask);
    const calls = new Map<string, number>();
    for (const { parent, service } of spans) {
      const above = spans.find(({ span }) => span === parent);
      if (above === undefined || above.service === service) continue;
      const key = JSON.stringify([above.service, service]);
      calls.set(key, (calls.get(key) ?? 0) + 1);
    }
    return [...calls].map(([key, count]) => {
      const [parent = '', child = ''] = JSON.parse(key) as string[];
      return { parent, child, calls: count };
    });
  }

  async close(): Promise<void> {}

  #spans({ tenant = NO_TENANT }: Ask): readonly SpanRecord[] {
    return this.#tenants[tenant] ?? [];
  }

  #trace(trace: string, ask: Ask): TraceRecord | undefined {
    const spans = this.#spans(ask).filter((span) => span.trace === trace);
    return spans.length === 0 ? undefined : { trace, spans, dropped: 0 };
  }
}
