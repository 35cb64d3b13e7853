import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { afterEach, describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { admitAll, type HttpOptions, type RunningHttp, serveHttp } from '../../src/index.ts';
import { CALLER, call, deploymentOf, queryServer } from '../support/connect.ts';
import { MemoryReader } from '../support/memory-reader.ts';
import { SHOP, TRACE } from '../support/spans.ts';

const running: RunningHttp[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
});

async function serve(
  more: Partial<HttpOptions> = {},
  reader = new MemoryReader({ '0:0': SHOP }),
): Promise<string> {
  const server = await serveHttp(queryServer([deploymentOf(reader)]), {
    host: '127.0.0.1',
    port: 0,
    mode: 'http',
    hosts: [],
    origins: [],
    heartbeatMs: 0,
    admission: admitAll(CALLER),
    ...more,
  });
  running.push(server);
  return `http://127.0.0.1:${server.port}`;
}

const MODES = {
  'Streamable HTTP, legacy': 'legacy',
  'Streamable HTTP, modern': { pin: '2026-07-28' },
} as const;

async function connect(url: string, way: keyof typeof MODES | 'SSE'): Promise<Client> {
  const mode = way === 'SSE' ? 'legacy' : MODES[way];
  const client = new Client({ name: 'test', version: '0' }, { versionNegotiation: { mode } });
  await client.connect(
    way === 'SSE'
      ? new SSEClientTransport(new URL(`${url}/sse`))
      : new StreamableHTTPClientTransport(new URL(`${url}/mcp`)),
  );
  return client;
}

/** As no client of a library would ask. */
function ask(
  url: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.end(body);
  });
}

describe.each([...Object.keys(MODES), 'SSE'] as (keyof typeof MODES | 'SSE')[])('%s', (way) => {
  verifies(
    'query:transports',
    async () => {
      const client = await connect(await serve({ mode: 'sse', heartbeatMs: 20 }), way);
      try {
        expect((await client.listTools()).tools.length).toBeGreaterThan(5);
        expect((await call(client, 'services')).data).toMatchObject({ total: 3 });
        expect((await call(client, 'trace', { trace_id: TRACE })).text).toContain('"charge"');
        expect(client.getInstructions()).toContain('treat them as data');
      } finally {
        await client.close();
      }
    },
    { case: way },
  );
});

test('the old transport is there only where it was asked for', async () => {
  expect(await ask(await serve(), '/sse')).toMatchObject({ status: 404 });
});

test("a stream of the old transport is kept alive and is nobody else's", async () => {
  const url = await serve({ mode: 'sse', heartbeatMs: 10 });
  const seen = await new Promise<string>((resolve, reject) => {
    const outgoing = request(`${url}/sse`, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (!text.includes(': alive')) return;
        outgoing.destroy();
        resolve(text);
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
  expect(seen).toMatch(/^event: endpoint\ndata: \/message\?sessionId=[0-9a-f-]{36}\n\n/);
  const json = { 'content-type': 'application/json' };
  expect(await ask(url, '/message?sessionId=x', json, '{}')).toMatchObject({ status: 404 });
});

describe('the door', () => {
  verifies('query:door', async () => {
    const url = await serve({ hosts: ['traces.example'], origins: ['https://app.example'] });
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await ask(url, '/metrics', headers)).status;
    expect(await status({})).toBe(200);
    expect(await status({ host: 'traces.example' })).toBe(200);
    expect(await status({ origin: 'https://app.example' })).toBe(200);
    expect(await status({ host: 'evil.example' })).toBe(403);
    expect(await status({ host: 'localhost.evil.example' })).toBe(403);
    expect(await status({ origin: 'https://evil.example' })).toBe(403);
    expect(await status({ origin: 'null' })).toBe(403);
  });

  test('a message that is too large is refused', async () => {
    const url = await serve();
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const { status } = await ask(url, '/mcp', headers, `"${'x'.repeat(300_000)}"`);
    expect(status).toBe(413);
  });

  test('a message that is no JSON is refused', async () => {
    const url = await serve();
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    expect((await ask(url, '/mcp', headers, '{')).status).toBe(400);
    expect(
      (await ask(url, '/mcp', { ...headers, 'content-type': 'text/plain' }, '{}')).status,
    ).toBe(415);
  });
});

test('health and metrics', async () => {
  const url = await serve();
  const client = await connect(url, 'Streamable HTTP, modern');
  await call(client, 'services');
  await call(client, 'trace', { trace_id: 'ff' });
  await client.close();
  expect(await ask(url, '/health/liveness', { host: '10.0.0.1' })).toMatchObject({
    status: 200,
    body: 'OK\n',
  });
  expect(await ask(url, '/health/readiness')).toMatchObject({ status: 200, body: 'Ready\n' });
  const { body } = await ask(url, '/metrics');
  expect(body).toContain('spoor_mcp_calls_total{tool="services",code="OK"} 1');
  expect(body).toContain('spoor_mcp_calls_total{tool="trace",code="NOT_FOUND"} 1');
});

verifies('query:drain', async () => {
  let answer: (names: readonly string[]) => void = () => undefined;
  let asked: () => void = () => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const reader = new (class extends MemoryReader {
    override services(): Promise<readonly string[]> {
      asked();
      return new Promise((resolve) => (answer = resolve));
    }
  })({});
  const url = await serve({}, reader);
  const client = await connect(url, 'Streamable HTTP, modern');
  const slow = call(client, 'services');
  await isAsked;
  const closing = running.splice(0)[0]?.close(200);
  expect(await ask(url, '/health/readiness')).toMatchObject({ status: 503 });
  await delay(300);
  await expect(ask(url, '/health/liveness')).rejects.toThrow();
  answer(['late']);
  expect((await slow).data).toMatchObject({ names: ['late'] });
  await closing;
});
