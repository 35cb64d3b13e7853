import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import type { SpanAttribute, SpanRecord } from '../../src/reader.ts';
import { call, connected, deploymentOf, queryServer } from '../support/connect.ts';
import { MemoryReader } from '../support/memory-reader.ts';
import { attributes, parentOf, span, TRACE } from '../support/spans.ts';

const SPANS = 500;
const SERVICES = ['frontend', 'cart', 'checkout', 'payment', 'postgres'];

/** As HTTP and database instrumentations write them. */
const SIZED: readonly SpanRecord[] = Array.from({ length: SPANS }, (_, i) =>
  span(i + 1, {
    ...(i === 0 ? {} : parentOf(Math.floor((i + 1) / 3) + (i < 2 ? 1 : 0) || 1)),
    service: SERVICES[i % SERVICES.length] ?? '',
    name: i % 5 === 4 ? 'SELECT shop.orders' : `POST /api/v1/orders/${i % 7}`,
    kind: i % 2 === 0 ? 'server' : 'client',
    status: i % 50 === 0 ? 'error' : 'unset',
    durationMs: 3.217 + i,
    attributes: attributes({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'http.route': '/api/v1/orders/:id',
      'url.path': `/api/v1/orders/${i}`,
      'url.scheme': 'http',
      'server.port': 8080,
      'client.address': `10.0.0.${i % 250}`,
      'network.protocol.version': '1.1',
      'user_agent.original': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
      'thread.id': 7_000 + i,
    }),
    resource: attributes({
      'service.name': SERVICES[i % SERVICES.length] ?? '',
      'telemetry.sdk.language': 'nodejs',
      'host.name': 'web-1',
    }),
  }),
);

const tagOf = ({ key, value }: SpanAttribute): object => ({
  key,
  type: typeof value === 'number' ? 'int64' : 'string',
  value,
});

/** What a server that passes Jaeger's answer on gives its reader. */
const raw = (): string =>
  JSON.stringify({
    data: [
      {
        traceID: TRACE,
        spans: SIZED.map((one, i) => ({
          traceID: one.trace,
          spanID: one.span,
          operationName: one.name,
          references:
            one.parent === undefined
              ? []
              : [{ refType: 'CHILD_OF', traceID: one.trace, spanID: one.parent }],
          startTime: Math.round(one.startMs * 1_000),
          duration: Math.round(one.durationMs * 1_000),
          tags: [
            ...one.attributes.map(tagOf),
            { key: 'span.kind', type: 'string', value: one.kind },
          ],
          logs: [],
          processID: `p${(i % SERVICES.length) + 1}`,
          warnings: null,
        })),
        processes: Object.fromEntries(
          SERVICES.map((serviceName, i) => [
            `p${i + 1}`,
            { serviceName, tags: SIZED[i]?.resource.map(tagOf) },
          ]),
        ),
        warnings: null,
      },
    ],
    total: 0,
    limit: 0,
    offset: 0,
    errors: null,
  });

/** Words, numbers by three digits, and marks: near enough to what models count to compare two. */
const tokensOf = (text: string): number =>
  (text.match(/[A-Za-z]+|\d{1,3}|[^\sA-Za-z\d]/g) ?? []).length;

verifies('query:compact', async () => {
  const client = await connected(queryServer([deploymentOf(new MemoryReader({ '0:0': SIZED }))]));
  const { text, data } = await call(client, 'trace', { trace_id: TRACE });
  const before = tokensOf(raw());
  const [words, typed] = [tokensOf(text), tokensOf(JSON.stringify(data))];
  expect(text.match(/^ *\+/gm)).toHaveLength(SPANS);
  expect(words / before).toBeLessThan(0.5);
  expect(typed / before).toBeLessThan(0.5);
});

test('the tree of many spans is made in time that grows with their number', async () => {
  const times = await Promise.all(
    [1, 8].map(async (times) => {
      const spans = Array.from({ length: times * 1_000 }, (_, i) => span(i + 1, parentOf(i)));
      const client = await connected(
        queryServer([deploymentOf(new MemoryReader({ '0:0': spans }))]),
      );
      const startMs = performance.now();
      expect((await call(client, 'trace', { trace_id: TRACE })).isError).toBe(false);
      return performance.now() - startMs;
    }),
  );
  expect((times[1] ?? 0) / Math.max(times[0] ?? 0, 20)).toBeLessThan(30);
});
