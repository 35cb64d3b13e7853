import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { OutboundError } from '../../src/outbound.ts';
import { client, serve } from './support.ts';

const failureOf = (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'none',
    (error: unknown) => (error instanceof OutboundError ? error.failure : String(error)),
  );

const encoded = (encoding: string, body: Uint8Array): ReturnType<typeof serve> =>
  serve((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body));

verifies('outbound:inflated', async () => {
  const text = 'spoor'.repeat(100);
  const forms: [string, Uint8Array][] = [
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['identity', Buffer.from(text)],
  ];
  for (const [encoding, body] of forms) {
    const { url } = await encoded(encoding, body);
    const answer = await client({ inflate: true }).get(new URL(url), {});
    expect(Buffer.from(answer.body).toString(), encoding).toBe(text);
  }
});

verifies(
  'outbound:inflated',
  async () => {
    // A thousand times as large as what comes over the wire.
    const bomb = Buffer.alloc(50_000_000);
    for (const [encoding, body] of [
      ['gzip', gzipSync(bomb)],
      ['br', brotliCompressSync(bomb)],
      ['zstd', zstdCompressSync(bomb)],
    ] as const) {
      const { url } = await encoded(encoding, body);
      const before = process.memoryUsage().rss;
      const outbound = client({ inflate: true, responseBytesMax: 1_000_000 });
      expect(await failureOf(outbound.get(new URL(url), {})), encoding).toBe('too-large');
      expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
    }
    const { url } = await encoded('gzip', gzipSync(Buffer.alloc(1_000)));
    const exact = client({ inflate: true, responseBytesMax: 1_000 });
    expect((await exact.get(new URL(url), {})).body.length).toBe(1_000);
    const less = client({ inflate: true, responseBytesMax: 999 });
    expect(await failureOf(less.get(new URL(url), {}))).toBe('too-large');
  },
  { case: 'of a bomb' },
);

describe('an answer that cannot be read', () => {
  test.each<[string, string, Uint8Array, string]>([
    ['two layers', 'gzip, gzip', gzipSync(gzipSync('x')), 'encoding'],
    ['an encoding that nobody knows', 'snappy', Buffer.from('x'), 'encoding'],
    ['a name of Object', 'constructor', Buffer.from('x'), 'encoding'],
    ['no gzip at all', 'gzip', Buffer.from('plain'), 'broken'],
    ['half of one', 'gzip', gzipSync('x'.repeat(10_000)).subarray(0, 20), 'broken'],
  ])('has %s', async (_, encoding, body, failure) => {
    const { url } = await encoded(encoding, body);
    expect(await failureOf(client({ inflate: true }).get(new URL(url), {}))).toBe(failure);
  });
});

describe('questions at a time', () => {
  test('are as many as are allowed; some wait, and the others hear so at once', async () => {
    let underway = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const { url } = await serve((_, response) => {
      underway += 1;
      most = Math.max(most, underway);
      release.push(() => {
        underway -= 1;
        response.end();
      });
    });
    const outbound = client({ concurrentMax: 2, waitingMax: 3 });
    const asked = Array.from({ length: 10 }, () => failureOf(outbound.get(new URL(url), {})));
    const pending = Promise.all(asked);
    let done = false;
    void pending.finally(() => {
      done = true;
    });
    while (!done) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (const one of release.splice(0)) one();
    }
    const failures = await pending;
    expect(failures.filter((one) => one === 'busy')).toHaveLength(5);
    expect(failures.filter((one) => one === 'none')).toHaveLength(5);
    expect(most).toBe(2);
  });

  test('end where whoever asks goes away, also those that wait', async () => {
    const { url, connections } = await serve(() => {});
    const outbound = client({ concurrentMax: 1, waitingMax: 1 });
    const gone = new AbortController();
    const asked = [1, 2].map(() => failureOf(outbound.get(new URL(url), {}, gone.signal)));
    setTimeout(() => gone.abort(), 50);
    expect(await Promise.all(asked)).toEqual(['cancelled', 'cancelled']);
    expect(connections()).toBe(1);
  });

  test('keep no place after a failure', async () => {
    const { url } = await serve((request) => request.socket.destroy());
    const outbound = client({ concurrentMax: 1, waitingMax: 1 });
    for (let turn = 0; turn < 5; turn++)
      expect(await failureOf(outbound.get(new URL(url), {}))).toBe('broken');
  });
});

test('what went wrong is told apart', async () => {
  const silent = await serve(() => {});
  const quick = client({ timeoutMs: 200 });
  expect(await failureOf(quick.get(new URL(silent.url), {}))).toBe('timeout');
  expect(await failureOf(client().get(new URL('http://127.0.0.1:1/'), {}))).toBe('unreachable');
  const idle = client({ idleMs: 200 });
  const stalled = await serve((_, response) => response.writeHead(200).write('x'));
  expect(await failureOf(idle.get(new URL(stalled.url), {}))).toBe('timeout');
  const headless = client({ headersMs: 200 });
  expect(await failureOf(headless.get(new URL(silent.url), {}))).toBe('timeout');
});
