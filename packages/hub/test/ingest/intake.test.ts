import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LIMITS, systemRandom } from '@spoor/core';
import { decodeTraces, readForeign } from '@spoor/edge/otlp';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { cpuMs } from '../../../../test/times.ts';
import { joinCalls } from '../../src/ingest/calls.ts';
import { HttpIngest } from '../../src/ingest/http.ts';
import { ForeignIntake } from '../../src/ingest/intake.ts';
import {
  encode,
  freshSpan,
  type JsonSpan,
  post,
  request,
  span,
  toolCall,
} from '../support/telemetry.ts';

const METHOD = [{ key: 'mcp.method.name', value: { stringValue: 'tools/call' } }];

it('tells senders to come back while too much waits', async () => {
  // A deciding thread that does not answer.
  const intake = new ForeignIntake({ ask: () => new Promise(() => {}), random: systemRandom });
  const ingest = new HttpIngest({ intake, refuses: () => undefined });
  const server = createServer((asked, answer) => void ingest.handle(asked, answer));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  const many = Array.from({ length: LIMITS.otlpSpansMax }, () => span({ attributes: METHOD }));
  const { rows, dropped } = decodeTraces(encode(request(...many)), 'protobuf');
  const full = LIMITS.ingestSpansWaitingMax / LIMITS.otlpSpansMax;
  for (let i = 0; i < full; i++) void intake.take({ rows, dropped });
  const busy = await post(url, encode(request(span({ attributes: METHOD }))));
  expect(busy.status).toBe(503);
  expect(Number(busy.headers['retry-after'])).toBeGreaterThan(0);
  expect(intake.counts.ingestBusy).toBe(1);
});

/** Spans whose parents are any of them, or nobody that is here. */
const FORESTS: fc.Arbitrary<JsonSpan[]> = fc
  .array(
    fc.record({
      parent: fc.option(fc.nat(11), { nil: undefined }),
      kind: fc.integer({ min: 1, max: 3 }),
      tool: fc.constantFrom('a', 'b'),
      startNs: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 12 },
  )
  .map((specs) => {
    const ids = specs.map(() => freshSpan());
    return specs.map(({ parent, kind, tool, startNs }, i) =>
      toolCall(
        tool,
        {},
        {},
        {
          traceId: 'ab'.repeat(16),
          spanId: ids[i] ?? '',
          kind,
          parentSpanId: (parent === undefined ? undefined : ids[parent]) ?? 'ff'.repeat(8),
          startTimeUnixNano: String(1_790_000_000_000_000_000n + BigInt(startNs) * 1_000_000n),
          endTimeUnixNano: '1790000001000000000',
        },
      ),
    );
  });

it('joins spans so that each belongs to one call, whatever their parents are', () => {
  fc.assert(
    fc.property(FORESTS, (spans) => {
      const { rows } = decodeTraces(encode(request(...spans)), 'protobuf');
      const found = rows.map(readForeign).filter((one) => one !== undefined);
      const calls = joinCalls(found, new Map());
      const told = calls.flatMap((call) => call.spans);
      expect(told.toSorted()).toEqual(rows.map((row) => row.trace + row.span).toSorted());
      for (const { call, spans: own } of calls) {
        const tools = found
          .filter(({ row }) => own.includes(row.trace + row.span))
          .map((one) => one.call?.tool);
        expect(new Set(tools)).toEqual(new Set([call.tool]));
      }
    }),
    { numRuns: 300 },
  );
});

it('joins a request of the largest size in little time', () => {
  const root = freshSpan();
  const many = Array.from({ length: LIMITS.otlpSpansMax }, () =>
    toolCall('x', {}, {}, { traceId: 'ab'.repeat(16), parentSpanId: root }),
  );
  const { rows } = decodeTraces(encode(request(...many)), 'protobuf');
  const found = rows.map(readForeign).filter((one) => one !== undefined);
  const before = cpuMs();
  expect(joinCalls(found, new Map())).toHaveLength(LIMITS.otlpSpansMax);
  expect(cpuMs() - before).toBeLessThan(2_000);
});
