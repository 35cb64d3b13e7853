import { expect, test } from 'vitest';
import { call, connected, deploymentOf, FULL, queryServer } from '../support/connect.ts';
import { MemoryReader } from '../support/memory-reader.ts';
import { NOW_MS, OTHER_TRACE, SHOP, span, TRACE } from '../support/spans.ts';

const shop = () => new MemoryReader({ '0:0': SHOP });
const client = (reader = shop(), caller = FULL) =>
  connected(queryServer([deploymentOf(reader)]), caller);

test('have typed inputs and outputs and say that they only read', async () => {
  const { tools } = await (await client()).listTools();
  expect(tools.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['services', 'service_names', 'service_operations', 'traces', 'trace']),
  );
  for (const { annotations, outputSchema, description } of tools) {
    expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    expect(outputSchema).toMatchObject({ type: 'object' });
    expect(description).not.toBe('');
  }
});

test('services and their operations', async () => {
  const connection = await client();
  const services = await call(connection, 'services');
  expect(services.data).toMatchObject({ names: ['db', 'pay', 'shop'], total: 3 });
  expect(services.text).toContain('"shop"');
  for (const name of ['service_names', 'service_operations']) {
    const { data } = await call(connection, name, { service_name: 'pay' });
    expect(data).toMatchObject({ names: ['charge'] });
  }
});

test('traces of the last hour, twenty of them, where nothing else is said', async () => {
  const reader = shop();
  const { data } = await call(await client(reader), 'traces', { service: 'shop' });
  expect(reader.asked).toEqual([
    { service: 'shop', tags: {}, startMs: NOW_MS - 3_600_000, endMs: NOW_MS, limit: 20 },
  ]);
  expect(data).toMatchObject({
    more: false,
    traces: [
      { trace_id: OTHER_TRACE, spans: 2, errors: 0 },
      { trace_id: TRACE, spans: 3, errors: 1, duration_ms: 100, root: { name: 'GET /cart' } },
    ],
  });
});

test('questions in units and forms of the other server', async () => {
  const reader = shop();
  await call(await client(reader), 'traces', {
    tenant: '0:0',
    service: 'shop',
    operation: '',
    start: NOW_MS - 60_000,
    end: NOW_MS,
    minDuration: '100us',
    maxDuration: '2m',
    limit: 0,
    tags: { 'http.request.method': 'GET' },
  });
  expect(reader.asked).toEqual([
    {
      service: 'shop',
      tags: { 'http.request.method': 'GET' },
      startMs: NOW_MS - 60_000,
      endMs: NOW_MS,
      minDurationMs: 0.1,
      maxDurationMs: 120_000,
      limit: 20,
    },
  ]);
});

test('a trace as a tree, compact unless asked for in full', async () => {
  const connection = await client();
  const { text, data } = await call(connection, 'trace', { trace_id: TRACE });
  expect(text.split('\n')).toEqual([
    `trace ${TRACE}: 3 spans, 1 errors, 100 ms from 2026-09-21T14:13:10.001Z`,
    's0 "shop"',
    's1 "db"',
    's2 "pay"',
    '+0 100ms s0 "GET /cart" server http.request.method="GET" http.response.status_code=200',
    ' +1 5ms s1 "SELECT" client db.system.name="postgresql"',
    ' +2 40ms s2 "charge" server ERROR',
  ]);
  expect(data).toMatchObject({ services: ['shop', 'db', 'pay'], errors: 1, dropped: 0 });
  const full = await call(connection, 'trace', { trace_id: TRACE, detail: 'full' });
  expect(full.text).toContain('db.query.text="SELECT 1"');
  expect(full.text).toContain('host.name="web-1"');
});

test('a trace that is not there is an error, not an empty answer', async () => {
  const { text, isError } = await call(await client(), 'trace', { trace_id: 'ff' });
  expect(isError).toBe(true);
  expect(text).toMatch(/^NOT_FOUND: /);
});

test('two traces compared', async () => {
  const args = { trace_a: OTHER_TRACE, trace_b: TRACE };
  const { data } = await call(await client(), 'compare_traces', args);
  expect(data.rows).toMatchObject([
    { service: 'shop', name: 'GET /cart', more_ms: 40 },
    { service: 'pay', a: { errors: 0 }, b: { errors: 1 }, more_ms: 30 },
    { service: 'db', a: { spans: 0 }, b: { spans: 1 }, more_ms: 5 },
  ]);
});

test('dependencies of the last hour', async () => {
  const reader = shop();
  const { data } = await call(await client(reader), 'dependencies');
  expect(reader.asked).toEqual([{ endMs: NOW_MS, lookbackMs: 3_600_000 }]);
  expect(data.dependencies).toContainEqual({ parent: 'shop', child: 'pay', calls: 2 });
});

test('what a backend cannot be asked is said with its reason', async () => {
  const reader = new MemoryReader({ '0:0': SHOP }, { dependencies: 'it draws no graph' });
  const { text, isError } = await call(await client(reader), 'dependencies');
  expect(isError).toBe(true);
  expect(text).toContain(
    'BACKEND_CANNOT: The backend cannot answer such a question: it draws no graph',
  );
});

test('long lists come in pages, without a gap', async () => {
  const spans = Array.from({ length: 1_203 }, (_, i) => span(i + 1, { service: `s${i}` }));
  const connection = await client(new MemoryReader({ '0:0': spans }));
  const names: unknown[] = [];
  let cursor: unknown;
  do {
    const { data } = await call(connection, 'services', cursor === undefined ? {} : { cursor });
    names.push(...(data.names as string[]));
    cursor = data.cursor;
  } while (cursor !== undefined);
  expect(new Set(names).size).toBe(1_203);
  const wrong = await call(connection, 'services', { cursor: '../1' });
  expect(wrong.isError).toBe(true);
});

test.each([
  ['trace', { trace_id: '../../api/v1' }],
  ['trace', { trace_id: '4bf92f%2f' }],
  ['trace', { trace_id: 'ff\nx' }],
  ['traces', { service: 'a\r\nHost: b' }],
  ['traces', { service: '' }],
  ['traces', { service: 'x'.repeat(257) }],
  ['traces', { service: 'a', operation: 'b\u0000' }],
  ['traces', { service: 'a', minDuration: '1; drop' }],
  ['traces', { service: 'a', limit: 1_000_000 }],
  ['traces', { service: 'a', start: NOW_MS, end: 1 }],
  ['traces', { service: 'a', start: 1, end: NOW_MS }],
  ['services', { tenant: '0:0\r\nX: y' }],
])('%s refuses %j before any backend is asked', async (name, args) => {
  const reader = shop();
  const { isError } = await call(await client(reader), name, args);
  expect(isError).toBe(true);
  expect(reader.asked).toEqual([]);
});
