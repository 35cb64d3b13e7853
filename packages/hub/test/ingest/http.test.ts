import { connect } from 'node:net';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { LIMITS } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../../test/times.ts';
import { verifies } from '../../../../test/verifies.ts';
import { startHub, type TestHub } from '../support/hub.ts';
import { encode, post, request, span } from '../support/telemetry.ts';

const PATH = '/v1/traces';
const BODY = encode(request(span()));

async function withPort(): Promise<{ readonly hub: TestHub; readonly url: string }> {
  const hub = await startHub({ ingest: { host: '127.0.0.1', port: 0 } });
  return { hub, url: `${hub.view.ingest.http}${PATH}` };
}

const gzip = { 'content-encoding': 'gzip' };
const zstd = { 'content-encoding': 'zstd' };

describe('OTLP over HTTP', () => {
  it('takes both types in every encoding, and answers in kind', async () => {
    const { url } = await withPort();
    const json = Buffer.from(JSON.stringify(request(span())));
    for (const [type, body, empty] of [
      ['application/x-protobuf', BODY, ''],
      ['application/json; charset=utf-8', json, '{}'],
    ] as const) {
      for (const [bytes, headers] of [
        [body, {}],
        [body, { 'content-encoding': 'identity' }],
        [gzipSync(body), gzip],
        [zstdCompressSync(body), zstd],
      ] as const) {
        const answer = await post(url, bytes, { 'content-type': type, ...headers });
        expect(answer.status).toBe(200);
        expect(answer.body.toString()).toBe(empty);
        expect(answer.headers['content-type']).toBe(type.split(';')[0]);
      }
    }
  });

  it('says how many spans it rejected', async () => {
    const { url } = await withPort();
    const some = request(span(), span({ traceId: 'ab' }), span({ spanId: '' }));
    const json = await post(url, Buffer.from(JSON.stringify(some)), {
      'content-type': 'application/json',
    });
    expect(json.status).toBe(200);
    expect(JSON.parse(json.body.toString())).toMatchObject({
      partialSuccess: { rejectedSpans: '2' },
    });
    const { body } = await post(url, encode(some));
    // Field 1 of field 1 is the number of rejected spans.
    expect(body[0]).toBe(0x0a);
    expect([...body.subarray(2, 4)]).toEqual([0x08, 2]);
  });

  const refused = [
    ['nothing that can be read', Buffer.from([0xff, 0xff]), {}, 400],
    ['no JSON', Buffer.from('{'), { 'content-type': 'application/json' }, 400],
    ['another type', BODY, { 'content-type': 'text/plain' }, 415],
    ['no type', BODY, { 'content-type': '' }, 415],
    ['an unknown encoding', BODY, { 'content-encoding': 'br' }, 415],
    ['two encodings', gzipSync(gzipSync(BODY)), { 'content-encoding': 'gzip, gzip' }, 415],
    ['no gzip', BODY, gzip, 400],
    ['half a gzip', gzipSync(BODY).subarray(0, 20), gzip, 400],
    ['no zstd', BODY, zstd, 400],
  ] as const;

  it('refuses what it cannot read', async () => {
    const { hub, url } = await withPort();
    for (const [name, body, headers, status] of refused) {
      const answer = await post(url, body, headers);
      expect(answer.status, name).toBe(status);
      expect(answer.body.length, name).toBeGreaterThan(0);
      expect((await post(url, BODY)).status, name).toBe(200);
      expect((await hub.sessions()).length, name).toBeLessThanOrEqual(1);
    }
  });

  it('refuses other methods and paths', async () => {
    const { url } = await withPort();
    expect((await post(url, BODY, {}, 'PUT')).status).toBe(405);
    expect((await post(`${url}x`, BODY)).status).toBe(404);
  });
});

describe('who may send telemetry', () => {
  verifies('otlp:closed', async () => {
    const { hub, url } = await withPort();
    const own = `${hub.url}${PATH}`;
    const bearer = { authorization: `Bearer ${hub.token}` };
    expect((await post(own, BODY)).status).toBe(401);
    expect((await post(own, BODY, { authorization: 'Bearer no' })).status).toBe(401);
    expect((await post(own, BODY, bearer)).status).toBe(200);
    for (const [address, headers] of [
      [own, bearer],
      [url, {}],
    ] as const) {
      const page = { ...headers, origin: 'https://evil.example' };
      expect((await post(address, BODY, page)).status).toBe(403);
      const rebound = { ...headers, host: 'evil.example' };
      expect((await post(address, BODY, rebound)).status).toBe(403);
    }
  });

  it('asks for the token where more than this machine can reach the port', async () => {
    const hub = await startHub({ ingest: { host: '0.0.0.0', port: 0 } });
    const url = `${hub.view.ingest.http}${PATH}`;
    expect((await post(url, BODY)).status).toBe(401);
    const bearer = { authorization: `Bearer ${hub.token}` };
    expect((await post(url, BODY, bearer)).status).toBe(200);
  });
});

describe('a request that would cost too much', () => {
  verifies(
    'otlp:limits',
    async () => {
      const { url } = await withPort();
      const bomb = Buffer.alloc(512 * 1_048_576);
      for (const [body, headers] of [
        [gzipSync(bomb), gzip],
        [zstdCompressSync(bomb), zstd],
      ] as const) {
        expect(body.length).toBeLessThan(LIMITS.otlpWireBytesMax);
        const before = process.memoryUsage().rss;
        const start = cpuMs();
        expect((await post(url, body, headers)).status).toBe(413);
        expect(cpuMs() - start).toBeLessThan(2_000);
        expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1_048_576);
      }
    },
    { case: 'bombs', timeoutMs: 60_000 },
  );

  verifies(
    'otlp:limits',
    async () => {
      const { url } = await withPort();
      const claimed = await post(url, Buffer.alloc(0), { 'content-length': '0' });
      expect(claimed.status).toBe(200);
      const big = Buffer.alloc(100 * 1_048_576);
      // An answer may be lost when the sender goes on writing to a closed connection.
      const answer = await post(url, big).then(
        ({ status }) => status,
        () => 413,
      );
      expect(answer).toBe(413);
      const chunked = await post(url, big, { 'transfer-encoding': 'chunked' }).then(
        ({ status }) => status,
        () => 413,
      );
      expect(chunked).toBe(413);
      const exact = Buffer.alloc(LIMITS.otlpWireBytesMax);
      expect((await post(url, exact)).status).toBe(400);
    },
    { case: '100 megabytes', timeoutMs: 60_000 },
  );

  verifies(
    'otlp:limits',
    async () => {
      const { hub, url } = await withPort();
      const { port } = new URL(url);
      const slow = Array.from({ length: 50 }, () => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => undefined);
        socket.write(
          `POST ${PATH} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
        );
        return socket;
      });
      const ended = slow.map((socket) => new Promise<void>((done) => socket.once('close', done)));
      const start = performance.now();
      // Whoever is not slow is served meanwhile, and so is the API.
      expect((await post(url, BODY)).status).toBe(200);
      expect((await hub.sessions()).length).toBeLessThanOrEqual(1);
      expect(performance.now() - start).toBeLessThan(LIMITS.ingestBodyMs);
      for (const socket of slow) socket.resume();
      await Promise.all(ended);
      expect(performance.now() - start).toBeLessThan(LIMITS.ingestBodyMs + 40_000);
    },
    { case: 'slow senders', timeoutMs: 60_000 },
  );
});
