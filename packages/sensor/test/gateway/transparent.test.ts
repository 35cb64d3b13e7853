import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import {
  bodyOf,
  call,
  gatewayTo,
  modernCall,
  open,
  result,
  textOf,
  until,
  upstream,
} from './support.ts';

verifies(
  'gateway:transparent',
  async () => {
    let answer: { type: string; chunks: readonly Buffer[] } = { type: '', chunks: [] };
    let got = '';
    const { url } = await upstream(async (request, response) => {
      got = await bodyOf(request);
      response.writeHead(200, { 'content-type': answer.type, 'x-One': '1' });
      for (const chunk of answer.chunks) {
        response.write(chunk);
        if (chunk.length % 2 === 0) await delay(1);
      }
      response.end();
    });
    const gateway = await gatewayTo(url);
    const text = fc.oneof(
      fc.constantFrom(
        `event: message\ndata: ${result(1)}\n\n`,
        `data: ${result(1)}\r\n\r\n`,
        ': keep-alive\n\n',
        'data: no json\n\n',
        'data: {"a":1,\ndata: "b":2}\n\n',
        `data: ${call(7, 'x').replace('tools/call', 'sampling/createMessage')}\n\n`,
        'id: 1\nretry: 5\ndata:\n\n',
        'data: half',
        result(1),
      ),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    const type = fc.constantFrom('text/event-stream', 'application/json', 'text/html');
    const message = fc.constantFrom(
      call(1),
      modernCall(1),
      result(1),
      `{"a":1,"a":2}`,
      '{\n}',
      '[]',
    );
    await fc.assert(
      fc.asyncProperty(
        type,
        fc.array(text, { maxLength: 6 }),
        message,
        async (kind, parts, body) => {
          answer = { type: kind, chunks: parts.map((part) => Buffer.from(part, 'latin1')) };
          const response = await open(gateway.url, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' },
            body,
          });
          expect(await textOf(response)).toBe(parts.join(''));
          expect(response.rawHeaders).toContain('x-One');
          expect(got).toBe(body);
        },
      ),
      { numRuns: 60 },
    );
    expect(gateway.counts.faults ?? 0).toBe(0);
  },
  { case: 'any body, any answer, any chunking', timeoutMs: 60_000 },
);

verifies(
  'gateway:transparent',
  async () => {
    // The server goes on only when the client has seen what was sent before.
    const seen = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { url } = await upstream(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      await seen[0]?.promise;
      response.write(': keep-alive\n\n');
      await seen[1]?.promise;
      response.end(`data: ${result(1)}\n\n`);
    });
    const gateway = await gatewayTo(url);
    const response = await open(gateway.url, { headers: { accept: 'text/event-stream' } });
    seen[0]?.resolve();
    const chunks: string[] = [];
    for await (const chunk of response) {
      chunks.push(String(chunk));
      seen[1]?.resolve();
    }
    expect(chunks).toEqual([': keep-alive\n\n', `data: ${result(1)}\n\n`]);
  },
  { case: 'heads and events go on at once' },
);

verifies(
  'gateway:transparent',
  async () => {
    let seen: Record<string, unknown> = {};
    const { url, port } = await upstream((request, response) => {
      seen = { ...request.headers, method: request.method, url: request.url };
      response.writeHead(307, 'Elsewhere', [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['location', 'http://elsewhere.example.com/'],
        ['connection', 'x-hop'],
        ['x-hop', 'secret'],
      ] as never);
      response.end();
    });
    const gateway = await gatewayTo(url);
    const response = await open(`${gateway.url}?a=1&b=%2F`, {
      method: 'DELETE',
      headers: {
        'mcp-session-id': 's',
        'last-event-id': '7',
        'mcp-param-region': 'eu',
        authorization: 'Bearer t',
        te: 'trailers',
        connection: 'x-mine',
        'x-mine': '1',
      },
    });
    expect(response.statusCode).toBe(307);
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(response.headers.location).toBe('http://elsewhere.example.com/');
    expect(response.headers['x-hop']).toBeUndefined();
    expect(seen).toMatchObject({
      method: 'DELETE',
      url: '/mcp?a=1&b=%2F',
      'mcp-session-id': 's',
      'last-event-id': '7',
      'mcp-param-region': 'eu',
      authorization: 'Bearer t',
      host: `127.0.0.1:${port}`,
    });
    expect(seen).not.toHaveProperty('te');
    expect(seen).not.toHaveProperty('x-mine');
  },
  { case: 'headers, methods and redirects as they come; what is of one hop stays there' },
);

verifies('gateway:disconnect', async () => {
  const gone: string[] = [];
  const { url } = await upstream((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    request.socket.once('close', () => gone.push(request.method ?? ''));
  });
  const gateway = await gatewayTo(url);
  for (const method of ['GET', 'POST']) {
    const response = await open(gateway.url, {
      method,
      ...(method === 'POST' ? { body: modernCall(1) } : {}),
    });
    response.destroy();
    await until(() => gone.includes(method));
  }
  expect(gateway.counts.clientGone).toBe(2);
});

verifies(
  'gateway:back-pressure',
  async () => {
    let written = 0;
    const chunk = Buffer.alloc(65_536, 'x');
    const { url } = await upstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const more = (): void => {
        for (;;) {
          written += chunk.length;
          if (written > 256 * 1_048_576) return;
          if (!response.write(chunk)) break;
        }
        response.once('drain', more);
      };
      more();
    });
    const gateway = await gatewayTo(url);
    const response = await open(gateway.url);
    await delay(1_500);
    // What stands between: buffers of four sockets and of two processes' streams, no more.
    expect(written).toBeLessThan(32 * 1_048_576);
    response.destroy();
  },
  { timeoutMs: 20_000 },
);

test('the host that the client used goes on where the gateway has taken over its name', async () => {
  let host = '';
  const { url } = await upstream((request, response) => {
    host = request.headers.host ?? '';
    response.end();
  });
  const gateway = await gatewayTo(url, {
    hosts: ['mcp.example.com'],
    upstream: { host: 'preserve' },
  });
  await open(gateway.url, { headers: { host: 'mcp.example.com' } });
  expect(host).toBe('mcp.example.com');
});
