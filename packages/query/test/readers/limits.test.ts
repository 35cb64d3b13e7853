import { LIMITS } from '@spoor/core';
import { expect, onTestFinished, test } from 'vitest';
import { openReader, type TraceRecord } from '../../src/index.ts';
import { badServer } from './support/bad.ts';

const ID = 'a'.repeat(32);

interface Tag {
  readonly key: string;
  readonly value: unknown;
}

const span = (at: number, tags: readonly Tag[] = [], more: object = {}): object => ({
  traceID: ID,
  spanID: (at + 1).toString(16).padStart(16, '0'),
  operationName: 'x',
  references: [],
  startTime: 1_000 + at,
  duration: 1,
  tags,
  logs: null,
  processID: 'p1',
  ...more,
});

/** One trace with these spans, as Jaeger gives it. */
async function read(spans: readonly object[], processes: object = {}): Promise<TraceRecord> {
  const data = [{ traceID: ID, spans, processes }];
  // As text: a key that means something to JavaScript is to arrive as one.
  const body = JSON.stringify({ data }).replaceAll('"__p__"', '"__proto__"');
  const server = await badServer((_, response) => response.end(body));
  const reader = openReader({ kind: 'jaeger', entrypoint: new URL(server.url) });
  onTestFinished(async () => {
    await reader.close();
    await server.close();
  });
  const found = await reader.trace(ID, { signal: AbortSignal.timeout(20_000) });
  return found ?? expect.fail('no trace');
}

test('so many spans are read, and the others are counted', async () => {
  const spans = Array.from({ length: LIMITS.backendSpansMax + 2 }, (_, at) => span(at));
  const found = await read(spans);
  expect([found.spans.length, found.dropped]).toEqual([LIMITS.backendSpansMax, 2]);
  const exact = await read(spans.slice(0, LIMITS.backendSpansMax));
  expect([exact.spans.length, exact.dropped]).toEqual([LIMITS.backendSpansMax, 0]);
});

test('so many attributes are read, and so much of a value', async () => {
  const many = Array.from({ length: LIMITS.backendRowsMax + 3 }, (_, at) => ({
    key: `k${at}`,
    value: at,
  }));
  const long = [{ key: 'long', value: `${'x'.repeat(LIMITS.backendValueCharsMax - 1)}🎈` }];
  const exact = [{ key: 'exact', value: 'x'.repeat(LIMITS.backendValueCharsMax) }];
  const { spans, cut } = await read([span(0, many), span(1, long), span(2, exact)]);
  expect(cut).toBe(3 + 1);
  expect(spans[0]?.attributes).toHaveLength(LIMITS.backendRowsMax);
  // Half a character is none.
  expect(spans[1]?.attributes[0]?.value).toBe('x'.repeat(LIMITS.backendValueCharsMax - 1));
  expect(spans[2]?.attributes[0]?.value).toHaveLength(LIMITS.backendValueCharsMax);
});

test('what is no span of the trace is counted, and hides no other', async () => {
  const { spans, dropped } = await read([
    span(0),
    span(1, [], { traceID: 'b'.repeat(32) }),
    span(2, [], { spanID: '../x' }),
    span(3, [], { startTime: 'now' }),
    { nothing: true },
    null as unknown as object,
  ]);
  expect([spans.length, dropped]).toEqual([1, 5]);
});

test('names of JavaScript are names like others', async () => {
  const processes = {
    __p__: { serviceName: 'evil', tags: [] },
    p1: { serviceName: 'ok', tags: [] },
  };
  const { spans } = await read(
    [
      span(0, [{ key: '__p__', value: 'x' }]),
      span(1, [], { processID: 'constructor' }),
      span(2, [], { processID: 'toString' }),
    ],
    processes,
  );
  expect(spans.map(({ service }) => service)).toEqual(['ok', '', '']);
  expect(spans[0]?.attributes).toEqual([{ key: '__proto__', value: 'x' }]);
  expect(({} as { serviceName?: string }).serviceName).toBeUndefined();
});

test('values that are no text are given as such', async () => {
  const { spans } = await read([
    span(0, [
      { key: 'n', value: 1.5 },
      { key: 'b', value: false },
      { key: 'none', value: null },
      { key: 'list', value: [1, 'a', { deep: 1 }] },
      { key: 'object', value: { a: 1 } },
    ]),
  ]);
  expect(spans[0]?.attributes.map(({ value }) => value)).toEqual([
    1.5,
    false,
    'null',
    [1, 'a', '{"deep":1}'],
    '{"a":1}',
  ]);
});
