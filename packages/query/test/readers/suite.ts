import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import type { Ask, TraceQuery, TraceReader, TraceRecord } from '../../src/index.ts';
import { type MadeSpan, madeSpan, newTraceId, sendSpans } from './support/otlp.ts';

/** A backend that runs. */
export interface Backing {
  readonly reader: TraceReader;
  /** Where it takes OTLP over HTTP. */
  readonly ingest: string;
}

const STORED_MS = 20_000;
const ask = (): Ask => ({ signal: AbortSignal.timeout(STORED_MS) });

const startMs = Date.now() - 60_000;
const trace = newTraceId();
/** A word of this run: the backend may hold other spans. */
const run = trace.slice(0, 8);
const cart = madeSpan({
  trace,
  service: `team/shop-${run}`,
  name: `GET /cart?q="${run}"`,
  status: 'error',
  startMs,
  durationMs: 12.5,
  attributes: { count: 3, ratio: 0.25, cached: true, note: 'x {a="b"} \\ | z' },
  resource: { 'host.name': 'h1' },
  events: [{ name: 'retried', atMs: startMs + 2, attributes: { why: 'lost' } }],
  links: [{ trace: newTraceId(), span: '00000000000000aa' }],
});
const select = madeSpan({
  trace,
  parent: cart.span,
  service: `db-${run}`,
  name: 'SELECT',
  kind: 'client',
  status: 'ok',
  startMs: startMs + 1,
  durationMs: 0.25,
});
const later = madeSpan({
  service: cart.service,
  name: 'GET /later',
  startMs: startMs + 30_000,
  durationMs: 400,
});

const query = (more: Partial<TraceQuery> = {}): TraceQuery => ({
  service: cart.service,
  tags: {},
  startMs: startMs - 3_600_000,
  endMs: startMs + 120_000,
  limit: 20,
  ...more,
});

const ids = (traces: readonly TraceRecord[]): string[] => traces.map((one) => one.trace);

const SEARCHES: [string, Partial<TraceQuery>, readonly string[]][] = [
  ['an operation', { operation: cart.name }, [trace]],
  ['an operation that there is not', { operation: 'GET' }, []],
  ['a tag', { tags: { note: cart.attributes.note as string } }, [trace]],
  ['a tag of another value', { tags: { note: 'x' } }, []],
  ['an error', { tags: { error: 'true' } }, [trace]],
  ['no error', { tags: { error: 'true' }, operation: later.name }, []],
  ['a kind', { service: select.service, tags: { 'span.kind': 'client' } }, [trace]],
  ['another kind', { service: select.service, tags: { 'span.kind': 'server' } }, []],
  ['a number', { tags: { count: '3' } }, [trace]],
  ['a truth', { tags: { cached: 'true' } }, [trace]],
  ['several tags', { tags: { count: '3', cached: 'false' } }, []],
  ['the shortest duration', { minDurationMs: 100 }, [later.trace]],
  ['the longest duration', { maxDurationMs: 100, operation: cart.name }, [trace]],
  ['both', { minDurationMs: 12, maxDurationMs: 13, operation: cart.name }, [trace]],
  ['a time', { startMs: startMs + 20_000 }, [later.trace]],
  ['another service', { service: `none-${run}` }, []],
];

/** What every reader does, whatever it asks. */
export function readerSuite(name: string, backing: () => Backing): void {
  let reader: TraceReader;

  beforeAll(async () => {
    const { ingest, reader: opened } = backing();
    reader = opened;
    await sendSpans(ingest, [cart, select, later]);
    const stored = async (): Promise<number> => (await reader.traces(query(), ask())).length;
    const endMs = performance.now() + STORED_MS;
    while ((await stored()) < 2) {
      if (performance.now() > endMs) throw new Error('what was sent is not there');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }, 60_000);
  afterAll(() => reader?.close());

  test('names the services', async () => {
    expect(await reader.services(ask())).toEqual(
      expect.arrayContaining([cart.service, select.service]),
    );
  });

  test('names the operations of one service, also of one whose name has a slash', async () => {
    expect(await reader.operations(cart.service, ask())).toEqual(['GET /later', cart.name].sort());
    expect(await reader.operations(select.service, ask())).toEqual(['SELECT']);
    expect(await reader.operations(`none-${run}`, ask())).toEqual([]);
  });

  const givesIt = async (): Promise<void> => {
    const found = await reader.trace(trace.toUpperCase(), ask());
    expect(found).toMatchObject({ trace, dropped: 0, cut: 0 });
    expect(found?.spans.map(({ span }) => span)).toEqual([cart.span, select.span]);
    const [first, second] = found?.spans ?? [];
    expectSame(first, cart);
    expectSame(second, select);
    expect(second?.parent).toBe(cart.span);
    expect(first?.parent).toBeUndefined();
    expect(first?.links).toEqual(cart.links);
    expect(first?.events).toMatchObject([
      { name: 'retried', atMs: startMs + 2, attributes: [{ key: 'why', value: 'lost' }] },
    ]);
  };
  verifies('backends:read', givesIt, { case: name });

  test('knows that there is no such trace', async () => {
    expect(await reader.trace(newTraceId(), ask())).toBeUndefined();
  });

  test('counts calls between services, or says that it cannot', async () => {
    const answer = reader.dependencies(startMs + 120_000, 3_600_000, ask());
    if (reader.cannot.has('dependencies'))
      await expect(answer).rejects.toMatchObject({ code: 'BACKEND_CANNOT' });
    else
      expect(await answer).toContainEqual({
        parent: cart.service,
        child: select.service,
        calls: 1,
      });
  });

  test('finds traces, the newest first', async () => {
    expect(ids(await reader.traces(query(), ask()))).toEqual([later.trace, trace]);
    expect(await reader.traces(query({ limit: 1 }), ask())).toHaveLength(1);
  });

  test.each(SEARCHES)('finds traces by %s', async (_, more, expected) => {
    expect(ids(await reader.traces(query(more), ask()))).toEqual(expected);
  });
}

function expectSame(read: TraceRecord['spans'][number] | undefined, made: MadeSpan): void {
  expect(read).toMatchObject({
    trace: made.trace,
    span: made.span,
    service: made.service,
    name: made.name,
    kind: made.kind,
    durationMs: made.durationMs,
    status: made.status,
  });
  expect(read?.startMs).toBeCloseTo(made.startMs, 3);
  const values = Object.fromEntries(read?.attributes.map(({ key, value }) => [key, value]) ?? []);
  // VictoriaTraces keeps every value as text.
  const texts = Object.fromEntries(Object.entries(values).map(([key, one]) => [key, String(one)]));
  for (const [key, value] of Object.entries(made.attributes))
    expect(texts[key]).toBe(String(value));
  const resource = read?.resource.map(({ key, value }) => [key, value]) ?? [];
  expect(Object.fromEntries(resource)).toMatchObject(made.resource);
}
