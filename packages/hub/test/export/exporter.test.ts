import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Observation } from '@spoor/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SpanExporter } from '../../src/export/exporter.ts';
import { denied, ended, facts, observation, START_MS } from '../support/build.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type DecodedSpan, decodeSpans } from '../support/otlp.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly spans: readonly DecodedSpan[];
}

let backend: Server;
let endpoint: string;
let received: Received[];
/** Statuses to answer with, in order; then 200. */
let statuses: number[];

beforeEach(async () => {
  received = [];
  statuses = [];
  backend = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    received.push({ path: request.url ?? '', headers: request.headers, spans: decodeSpans(body) });
    response.statusCode = statuses.shift() ?? 200;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  endpoint = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
});

afterEach(() => {
  backend.closeAllConnections();
  backend.close();
});

const NAMES = new Set(['to']);

const newExporter = (headersFile?: string): SpanExporter =>
  new SpanExporter({ endpoint, ...(headersFile === undefined ? {} : { headersFile }) }, '0.1.0');

const add = (exporter: SpanExporter, ...all: Observation[]): void => exporter.add(all, () => NAMES);

const finished = (seq: number): Observation => ended(observation(seq), seq + 1);

describe('what is exported', () => {
  test('is a span for a finished call, below one for its episode', async () => {
    const exporter = newExporter();
    add(exporter, observation(1), finished(2), finished(4));
    await exporter.close();
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ path: '/v1/traces' });
    expect(received[0]?.headers['content-type']).toBe('application/x-protobuf');
    const spans = received[0]?.spans ?? [];
    expect(spans.map(({ name }) => name)).toEqual([
      'session',
      'tools/call query',
      'tools/call query',
    ]);
    expect(spans[0]).toMatchObject({ span: '3'.repeat(16), parent: '' });
    expect(spans[1]).toMatchObject({
      trace: '1'.repeat(32),
      span: '2'.repeat(16),
      parent: '3'.repeat(16),
      startMs: START_MS + 2,
      endMs: START_MS + 3,
    });
    expect(spans[1]?.attributes).toMatchObject({
      'gen_ai.tool.name': 'query',
      'spoor.server.name': 'crm',
    });
    expect(exporter.counts).toEqual({ spansExported: 3, spansDropped: 0, exportFailures: 0 });
  });

  test('of a denial, also what decided', async () => {
    const exporter = newExporter();
    add(exporter, denied(observation(1), 'c-bcdfghjkmn'));
    await exporter.close();
    const names = received[0]?.spans.map(({ name }) => name);
    expect(names).toEqual(['session', 'tools/call query', 'run_guardrail spoor']);
  });

  test('holds no fingerprint, digest or projection', async () => {
    const exporter = newExporter();
    const request = facts({ projection: '"CANARY"', digest: 'cafe'.repeat(8) });
    add(exporter, { ...finished(1), facts: { request, flows: [] } });
    await exporter.close();
    const sent = JSON.stringify(received);
    for (const content of ['CANARY', 'cafecafe', '0123456789abcdef'])
      expect(sent).not.toContain(content);
  });
});

describe('a backend that refuses', () => {
  test('for now is asked again, and loses nothing', async () => {
    statuses = [503];
    const exporter = newExporter();
    add(exporter, finished(1));
    await vi.waitFor(() => expect(exporter.counts.spansExported).toBe(2), 3_000);
    expect(received).toHaveLength(2);
    expect(received[1]?.spans).toEqual(received[0]?.spans);
    await exporter.close();
  });

  test.each([400, 401, 500, 302])(
    'for good (%d) is not asked again; the loss is counted',
    async (status) => {
      statuses = [status];
      const exporter = newExporter();
      add(exporter, finished(1));
      await vi.waitFor(() => expect(exporter.counts.exportFailures).toBe(1));
      expect(exporter.counts).toEqual({ spansExported: 0, spansDropped: 2, exportFailures: 1 });
      add(exporter, finished(3));
      await exporter.close();
      expect(received).toHaveLength(2);
      expect(exporter.counts.spansExported).toBe(1);
    },
  );

  test('while the hub stops is asked once', async () => {
    statuses = [503, 503, 503];
    const exporter = newExporter();
    add(exporter, finished(1));
    await exporter.close();
    expect(received).toHaveLength(1);
    expect(exporter.counts).toMatchObject({ spansDropped: 2, exportFailures: 1 });
  });

  test('or is not there costs memory up to the queue’s limit, and the loss is counted', async () => {
    backend.close();
    backend.closeAllConnections();
    const exporter = newExporter();
    const many = Array.from({ length: 1_000 }, (_, n) => finished(2 * n));
    for (let n = 0; n < 12; n++) add(exporter, ...many);
    expect(exporter.counts.spansDropped).toBe(2_001);
    await exporter.close();
    expect(exporter.counts).toMatchObject({ spansExported: 0, spansDropped: 12_001 });
  });
});

describe('a headers file', () => {
  test('is read anew for each request', async () => {
    const path = join(temporaryFolder(), 'headers');
    const exporter = newExporter(path);
    for (const [n, token] of ['one', 'two'].entries()) {
      writeFileSync(path, `Authorization: Bearer ${token}\n# nothing\n\nx-team: a: b\n`);
      add(exporter, finished(2 * n + 1));
      await vi.waitFor(() => expect(received).toHaveLength(n + 1));
    }
    const headers = received.map((one) => [one.headers.authorization, one.headers['x-team']]);
    expect(headers).toEqual([
      ['Bearer one', 'a: b'],
      ['Bearer two', 'a: b'],
    ]);
    await exporter.close();
  });

  test('that is missing sends nothing without it', async () => {
    const exporter = newExporter(join(temporaryFolder(), 'none'));
    add(exporter, finished(1));
    await exporter.close();
    expect(received).toEqual([]);
    expect(exporter.counts).toMatchObject({ exportFailures: 1, spansDropped: 2 });
  });
});
