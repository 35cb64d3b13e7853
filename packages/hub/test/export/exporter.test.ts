import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import type { DestinationView, Observation } from '@spoor/core';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { AUTHORITY, CLIENT_ONE, CLIENT_TWO, SERVER } from '../../../edge/test/certificates.ts';
import { type Destination, simpleDestination } from '../../src/export/destinations.ts';
import { Exporter } from '../../src/export/exporter.ts';
import { type Backend, spansOf, startBackend } from '../support/backend.ts';
import { denied, ended, facts, observation, START_MS } from '../support/build.ts';
import { temporaryFolder } from '../support/folder.ts';

let backend: Backend;
let folder: string;

beforeEach(async () => {
  backend = await startBackend();
  folder = temporaryFolder();
});

const NAMES = new Set(['to']);

const newExporter = (...parts: Partial<Destination>[]): Promise<Exporter> =>
  Exporter.open(
    (parts.length > 0 ? parts : [{}]).map((part) => ({
      ...simpleDestination({ endpoint: backend.endpoint }),
      ...part,
    })),
    folder,
    '0.1.0',
  );

const add = (exporter: Exporter, ...all: Observation[]): void => exporter.add(all, () => NAMES);

const finished = (seq: number): Observation => ended(observation(seq), seq + 1);

function viewOf(exporter: Exporter): DestinationView {
  const [view] = exporter.views;
  if (view === undefined) throw new Error('no destination');
  return view;
}

describe('what is exported', () => {
  test('has a link where a trace begins anew, and says what did not pass', async () => {
    const exporter = await newExporter();
    const link = { trace: 'a'.repeat(32), span: 'b'.repeat(16) } as Observation['trace']['link'];
    const { trace, ...call } = finished(2);
    add(exporter, {
      ...call,
      trace: { ...trace, ...(link && { link }), refused: ['baggage-dropped'] },
    });
    await exporter.close();
    const [, span] = spansOf(backend);
    expect(span?.links).toEqual([`${'a'.repeat(32)}-${'b'.repeat(16)}`]);
    expect(span?.trace).toBe('1'.repeat(32));
    expect(span?.attributes['spoor.trace.refused']).toEqual(['baggage-dropped']);
  });

  test('is a span for a finished call, below one for its episode', async () => {
    const exporter = await newExporter();
    add(exporter, observation(1), finished(2), finished(4));
    await exporter.close();
    expect(backend.received).toHaveLength(1);
    expect(backend.received[0]).toMatchObject({ path: '/v1/traces' });
    expect(backend.received[0]?.headers['content-type']).toBe('application/x-protobuf');
    const spans = spansOf(backend);
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
    expect(exporter.counts).toMatchObject({ spansExported: 3, spansDropped: 0, exportFailures: 0 });
  });

  test('of a denial, also what decided', async () => {
    const exporter = await newExporter();
    add(exporter, denied(observation(1), 'c-bcdfghjkmn'));
    await exporter.close();
    const names = spansOf(backend).map(({ name }) => name);
    expect(names).toEqual(['session', 'tools/call query', 'run_guardrail spoor']);
  });

  test('hangs below the span of an instrumentation that told of the call', async () => {
    const exporter = await newExporter();
    const principal = { ...finished(1).principal, evidence: ['telemetry'] };
    add(exporter, { ...finished(1), principal });
    await exporter.close();
    const span = spansOf(backend).find(({ name }) => name === 'tools/call query');
    expect(span).toMatchObject({ trace: '1'.repeat(32), parent: '2'.repeat(16) });
    expect(span?.span).not.toBe('2'.repeat(16));
  });

  test('holds no fingerprint, digest or projection', async () => {
    const exporter = await newExporter();
    const request = facts({ projection: '"CANARY"', digest: 'cafe'.repeat(8) });
    add(exporter, { ...finished(1), facts: { request, flows: [] } });
    await exporter.close();
    const sent = JSON.stringify(spansOf(backend));
    for (const content of ['CANARY', 'cafecafe', '0123456789abcdef'])
      expect(sent).not.toContain(content);
  });
});

verifies('export:destinations', async () => {
  const other = await startBackend();
  const third = await startBackend();
  const exporter = await newExporter(
    { name: 'whole' },
    {
      name: 'nameless',
      endpoint: other.endpoint,
      attributes: { drop: ['class:name', 'mcp.identity.*'] },
    },
    {
      name: 'few',
      endpoint: `${third.endpoint}/base/`,
      attributes: { allow: ['mcp.method.name', 'error.type', 'mcp.*'], drop: ['mcp.identity.*'] },
    },
  );
  add(exporter, finished(1), denied(observation(3), 'c-bcdfghjkmn'));
  await exporter.close();
  const [whole, nameless] = [spansOf(backend), spansOf(other)];
  expect(whole.map(({ name }) => name)).toContain('tools/call query');
  expect(whole[1]?.attributes).toHaveProperty('mcp.identity.sub_p');
  expect(nameless).toHaveLength(whole.length);
  expect(nameless.map(({ name }) => name)).toEqual([
    'session',
    'tools/call',
    'tools/call',
    'run_guardrail spoor',
  ]);
  const keys = new Set(nameless.flatMap(({ attributes }) => Object.keys(attributes)));
  expect(keys).toContain('spoor.session.id');
  for (const key of keys) expect(key).not.toMatch(/^mcp\.identity|(tool|server)\.name/);
  expect(JSON.stringify(nameless)).not.toContain('query');
  expect(third.received[0]?.path).toBe('/base/v1/traces');
});

describe('a backend that refuses', () => {
  test('for now is asked again, and loses nothing', async () => {
    backend.answers.push({ status: 503 });
    const exporter = await newExporter();
    add(exporter, finished(1));
    await vi.waitFor(() => expect(exporter.counts.spansExported).toBe(2), 30_000);
    expect(backend.received).toHaveLength(2);
    expect(backend.received[1]?.spans).toEqual(backend.received[0]?.spans);
    await exporter.close();
  });

  test('is asked again when it says', async () => {
    backend.answers.push({ status: 429, headers: { 'retry-after': '1' } });
    const exporter = await newExporter();
    add(exporter, finished(1));
    const before = performance.now();
    await vi.waitFor(() => expect(exporter.counts.spansExported).toBe(2), 30_000);
    expect(performance.now() - before).toBeGreaterThan(1_000);
    await exporter.close();
  });

  test.each([400, 401, 500, 302])(
    'for good (%d) is not asked again; the loss is counted',
    async (status) => {
      backend.answers.push({ status });
      const exporter = await newExporter();
      add(exporter, finished(1));
      await vi.waitFor(() => expect(exporter.counts.exportFailures).toBe(1), 30_000);
      expect(exporter.counts).toMatchObject({ spansExported: 0, spansDropped: 2 });
      expect(viewOf(exporter)).toMatchObject({ state: 'refuses', lastFailure: `HTTP ${status}` });
      add(exporter, finished(3));
      await exporter.close();
      expect(backend.received).toHaveLength(2);
      expect(exporter.counts.spansExported).toBe(1);
    },
  );

  test('while the hub stops is asked once, and its spans are kept', async () => {
    backend.answers.push({ status: 503 }, { status: 503 });
    const exporter = await newExporter();
    add(exporter, finished(1));
    await exporter.close();
    expect(backend.received).toHaveLength(1);
    expect(viewOf(exporter)).toMatchObject({ dropped: 0, failures: 1, spooled: { spans: 2 } });
  });

  test('and may not be spooled for costs memory up to the limit; the loss is counted', async () => {
    backend.stop();
    const exporter = await newExporter({ spoolBytesMax: 0 });
    const many = Array.from({ length: 1_000 }, (_, n) => finished(2 * n));
    for (let n = 0; n < 12; n++) add(exporter, ...many);
    expect(exporter.counts.spansDropped).toBe(2_001);
    await exporter.close();
    expect(exporter.counts).toMatchObject({ spansExported: 0, spansDropped: 12_001 });
  });
});

describe('the spool', () => {
  verifies('export:spool', async () => {
    const port = Number(new URL(backend.endpoint).port);
    backend.stop();
    const first = await newExporter();
    add(first, finished(1));
    await vi.waitFor(() => expect(viewOf(first).spooled.spans).toBe(2), 30_000);
    expect(viewOf(first)).toMatchObject({ state: 'waits', lastFailure: 'OUTBOUND_FAILED' });
    add(first, finished(3));
    await first.close();
    expect(viewOf(first)).toMatchObject({ dropped: 0, sent: 0, spooled: { spans: 3 } });

    const back = await startBackend(port);
    const second = await newExporter();
    await vi.waitFor(() => expect(viewOf(second).sent).toBe(3), 30_000);
    expect(spansOf(back).map(({ startMs }) => startMs - START_MS)).toEqual([1, 1, 3]);
    expect(viewOf(second)).toMatchObject({ state: 'well', spooled: { requests: 0, bytes: 0 } });
    await second.close();
  });

  test('holds no more than its limit: the oldest go, counted', async () => {
    backend.stop();
    const exporter = await newExporter({ spoolBytesMax: 3_000_000 });
    const many = Array.from({ length: 1_000 }, (_, n) => finished(2 * n));
    for (let n = 0; n < 10; n++) add(exporter, ...many);
    await exporter.close();
    const { spooled, dropped } = viewOf(exporter);
    expect(spooled.bytes).toBeLessThanOrEqual(3_000_000);
    expect(spooled.spans).toBeGreaterThan(1_000);
    expect(dropped).toBeGreaterThan(1_000);
    expect(spooled.spans + dropped).toBe(10_001);
  });

  test('takes what a burst brings beyond the queue; nothing is lost', async () => {
    const exporter = await newExporter();
    const many = Array.from({ length: 1_000 }, (_, n) => finished(2 * n));
    for (let n = 0; n < 15; n++) add(exporter, ...many);
    await vi.waitFor(() => expect(viewOf(exporter).sent).toBe(15_001), 30_000);
    expect(viewOf(exporter)).toMatchObject({ dropped: 0, spooled: { requests: 0 } });
    await exporter.close();
  });

  test('does not keep a hub from stopping', async () => {
    const port = Number(new URL(backend.endpoint).port);
    backend.stop();
    const first = await newExporter();
    add(first, finished(1));
    await first.close();
    const back = await startBackend(port);
    const second = await newExporter();
    await second.close();
    expect(back.received).toEqual([]);
    expect(viewOf(second)).toMatchObject({ dropped: 0, spooled: { spans: 2 } });
  });

  test('passes over what a crash has left half written', async () => {
    const path = join(folder, 'otlp');
    await (await newExporter()).close();
    writeFileSync(join(path, '000000000001-5.otlp.next'), 'half');
    writeFileSync(join(path, 'notes.txt'), 'not ours');
    writeFileSync(join(path, '000000000002-7.otlp'), '');
    backend.answers.push({ status: 400 });
    const exporter = await newExporter();
    await vi.waitFor(() => expect(viewOf(exporter).dropped).toBe(7), 30_000);
    add(exporter, finished(1));
    await exporter.close();
    expect(viewOf(exporter)).toMatchObject({ sent: 2, spooled: { requests: 0 } });
  });
});

describe('an answer', () => {
  verifies(
    'export:health',
    async () => {
      // ExportTraceServiceResponse { partial_success { rejected_spans: 1, error_message: "no" } }
      const body = Uint8Array.of(0x0a, 6, 0x08, 1, 0x12, 2, 0x6e, 0x6f);
      backend.answers.push({ status: 200, body });
      const exporter = await newExporter();
      add(exporter, finished(1));
      await exporter.close();
      expect(viewOf(exporter)).toMatchObject({ sent: 1, rejected: 1, dropped: 0, state: 'well' });
    },
    { case: 'partial success' },
  );

  test('that claims too much or is no message counts as what was sent', async () => {
    const boast = Uint8Array.of(0x0a, 4, 0x08, 0xff, 0xff, 0x7f);
    backend.answers.push({ status: 200, body: boast }, { status: 200, body: Buffer.from('{}]') });
    const exporter = await newExporter();
    add(exporter, finished(1));
    await vi.waitFor(() => expect(viewOf(exporter).rejected).toBe(2), 30_000);
    add(exporter, finished(3));
    await exporter.close();
    expect(viewOf(exporter)).toMatchObject({ sent: 1, rejected: 2 });
  });
});

describe('a headers file', () => {
  test('is read anew for each request', async () => {
    const headersFile = join(folder, 'headers');
    const exporter = await newExporter({ headersFile });
    for (const [n, token] of ['one', 'two'].entries()) {
      writeFileSync(headersFile, `Authorization: Bearer ${token}\n# nothing\n\nx-team: a: b\n`);
      add(exporter, finished(2 * n + 1));
      await vi.waitFor(() => expect(backend.received).toHaveLength(n + 1), 30_000);
    }
    const headers = backend.received.map((one) => [
      one.headers.authorization,
      one.headers['x-team'],
    ]);
    expect(headers).toEqual([
      ['Bearer one', 'a: b'],
      ['Bearer two', 'a: b'],
    ]);
    await exporter.close();
  });

  test('that is missing sends nothing without it, and keeps what waits for it', async () => {
    const exporter = await newExporter({ headersFile: join(folder, 'none') });
    add(exporter, finished(1));
    await exporter.close();
    expect(backend.received).toEqual([]);
    expect(viewOf(exporter)).toMatchObject({
      lastFailure: 'CONFIG_UNREADABLE',
      spooled: { spans: 2 },
    });
  });
});

verifies(
  'export:credentials',
  async () => {
    const tokenFile = join(folder, 'token');
    const exporter = await newExporter({ tokenFile });
    for (const [n, token] of ['one', 'two'].entries()) {
      writeFileSync(tokenFile, `${token}\n`);
      add(exporter, finished(2 * n + 1));
      await vi.waitFor(() => expect(backend.received).toHaveLength(n + 1), 30_000);
    }
    const tokens = backend.received.map(({ headers }) => headers.authorization);
    expect(tokens).toEqual(['Bearer one', 'Bearer two']);
    await exporter.close();
  },
  { case: 'bearer token' },
);

verifies(
  'export:credentials',
  async () => {
    const clients: unknown[] = [];
    const options = { key: SERVER.key, cert: SERVER.certificate, ca: AUTHORITY, requestCert: true };
    const server = createServer(options, (request, response) => {
      clients.push((request.socket as TLSSocket).getPeerCertificate().subject.CN);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const [caFile, certificateFile, keyFile] = ['ca.pem', 'client.pem', 'client.key'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    writeFileSync(caFile, AUTHORITY);
    const exporter = await newExporter({
      endpoint: `https://localhost:${(server.address() as AddressInfo).port}`,
      tls: { caFile, certificateFile, keyFile },
    });
    for (const [n, { certificate, key }] of [CLIENT_ONE, CLIENT_TWO].entries()) {
      writeFileSync(certificateFile, certificate);
      writeFileSync(keyFile, key);
      add(exporter, finished(2 * n + 1));
      await vi.waitFor(() => expect(clients).toHaveLength(n + 1), 30_000);
    }
    expect(clients).toEqual(['client-one', 'client-two']);
    await exporter.close();
    expect(viewOf(exporter)).toMatchObject({ state: 'well', sent: 3 });
  },
  { case: 'mTLS of a destination' },
);
