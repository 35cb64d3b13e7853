import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type CodedError, LIMITS } from '@spoor/core';
import { expect, onTestFinished } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import {
  call,
  gatewayTo,
  modernCall,
  open,
  post,
  raw,
  result,
  textOf,
  until,
  upstream,
} from './support.ts';

const coded = async (
  response: Response,
): Promise<{ status: number; code: string; id: unknown }> => {
  const { id, error } = (await response.json()) as {
    id: unknown;
    error: { data: { code: CodedError['code'] } };
  };
  return { status: response.status, code: error.data.code, id };
};

/** A server that speaks no HTTP but these bytes. */
async function bytesServer(answer: string, thenEnd = true): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => (thenEnd ? socket.end(answer) : socket.write(answer)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/mcp`;
}

const CRLF = Buffer.from('\r\n');

verifies(
  'gateway:limits',
  async () => {
    let reached = 0;
    const { url } = await upstream((_, response) => {
      reached += 1;
      response.end();
    });
    const { port, counts } = await gatewayTo(url);
    const giant = 104_857_600;
    const declared = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${giant}\r\n\r\n`;
    expect(await raw(port, declared)).toContain('GATEWAY_BODY_TOO_LARGE');
    const expecting = declared.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n');
    const answer = await raw(port, expecting);
    expect(answer).toMatch(/^HTTP\/1.1 413/);
    const head = 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n';
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1_048_576, ' '), CRLF]);
    const chunks = Array.from({ length: 20 }, () => chunk);
    const chunked = await raw(port, head, ...chunks, '0\r\n\r\n');
    expect(chunked).toMatch(/^HTTP\/1.1 413/);
    expect(reached).toBe(0);
    expect(counts.GATEWAY_BODY_TOO_LARGE).toBe(3);
  },
  { case: 'bodies of a hundred megabytes, declared or not', timeoutMs: 30_000 },
);

verifies(
  'gateway:limits',
  async () => {
    const { url } = await upstream((_, response) => response.end());
    const gateway = await gatewayTo(url);
    const bomb = gzipSync(Buffer.alloc(10_485_760, ' '));
    const response = await post(gateway.url, bomb, { 'content-encoding': 'gzip' });
    expect(await coded(response)).toMatchObject({ status: 415, code: 'GATEWAY_ENCODING' });
    const large = `GET /mcp HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(LIMITS.gatewayHeaderBytesMax)}\r\n\r\n`;
    expect(await raw(gateway.port, large)).toContain('GATEWAY_HEADERS_TOO_LARGE');
    expect(gateway.counts).toMatchObject({ GATEWAY_ENCODING: 1, GATEWAY_HEADERS_TOO_LARGE: 1 });
  },
  { case: 'compressed bodies and large headers' },
);

verifies(
  'gateway:limits',
  async () => {
    const { url } = await upstream((_, response) => response.end());
    const gateway = await gatewayTo(url, { timing: { headerMs: 300, requestMs: 600 } });
    const start = performance.now();
    const [headers, body] = await Promise.all([
      raw(gateway.port, 'POST /mcp HTTP/1.1\r\nHost: loc'),
      raw(gateway.port, 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nab'),
    ]);
    expect(headers).toContain('GATEWAY_SLOW');
    expect(body).toContain('408');
    expect(performance.now() - start).toBeLessThan(15_000);
  },
  { case: 'a client that sends slower than it must', timeoutMs: 15_000 },
);

verifies(
  'gateway:upstream-fails',
  async () => {
    const hang = await upstream(() => undefined);
    const slow = await gatewayTo(hang.url, { timing: { answerMs: 300 } });
    expect(await coded(await post(slow.url, call('a')))).toEqual({
      status: 504,
      code: 'UPSTREAM_TIMEOUT',
      id: 'a',
    });
    const nobody = await gatewayTo('http://127.0.0.1:9/mcp');
    expect(await coded(await post(nobody.url, modernCall(2)))).toEqual({
      status: 502,
      code: 'UPSTREAM_UNREACHABLE',
      id: 2,
    });
    for (const answer of [
      '',
      'no http at all\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n',
    ]) {
      const broken = await gatewayTo(await bytesServer(answer));
      const response = await post(broken.url, call(3));
      expect(await coded(response)).toEqual({ status: 502, code: 'UPSTREAM_BROKEN', id: 3 });
      expect(broken.counts.UPSTREAM_BROKEN).toBe(1);
    }
    expect(slow.counts.UPSTREAM_TIMEOUT).toBe(1);
    expect(nobody.counts.UPSTREAM_UNREACHABLE).toBe(1);
  },
  { case: 'hangs, is not there, speaks no HTTP', timeoutMs: 20_000 },
);

verifies(
  'gateway:upstream-fails',
  async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
    const stream = head.replace('application/json', 'text/event-stream');
    const gateway = await gatewayTo(
      await bytesServer(`${stream}Transfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n`),
    );
    const response = await open(gateway.url, { method: 'POST', body: call(1) });
    expect(response.statusCode).toBe(200);
    // The client must not take half an answer for a whole one.
    await expect(textOf(response)).rejects.toThrow();
    await until(() => gateway.counts.UPSTREAM_BROKEN === 1);
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\nff\r\n{"jsonrpc"`;
    const half = await gatewayTo(await bytesServer(chunked));
    const document = await open(half.url, { method: 'POST', body: call(1) });
    // Its head may have gone ahead.
    if (document.statusCode === 200) await expect(textOf(document)).rejects.toThrow();
    else expect(await textOf(document)).toContain('UPSTREAM_BROKEN');
    const short = `${head}Content-Length: 1000\r\n\r\n${result(1)}`;
    const sized = await gatewayTo(await bytesServer(short));
    expect(await coded(await post(sized.url, call(3)))).toMatchObject({ status: 502, id: 3 });
  },
  { case: 'lies about its length, dies in the midst of its answer', timeoutMs: 20_000 },
);

verifies(
  'gateway:limits',
  async () => {
    const { url } = await upstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const line = `data: ${'x'.repeat(65_000)}\n`;
      let bytes = 0;
      const more = (): void => {
        while (bytes < 48 * 1_048_576) {
          bytes += line.length;
          if (!response.write(line)) {
            response.once('drain', more);
            return;
          }
        }
        response.end('\n');
      };
      more();
    });
    const gateway = await gatewayTo(url);
    const before = process.memoryUsage().arrayBuffers;
    const response = await open(gateway.url);
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    expect(bytes).toBeGreaterThan(48 * 1_048_576);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(128 * 1_048_576);
  },
  { case: 'an event that never ends goes by and is not kept', timeoutMs: 30_000 },
);
