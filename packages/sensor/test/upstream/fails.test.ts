import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { bodyOf, call, result, upstream } from '../gateway/support.ts';
import { linesTo } from './support.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const json = { 'content-type': 'application/json' };
const stream = { 'content-type': 'text/event-stream' };
const big = Buffer.alloc(17 * 1024 * 1024, 'x');

/** What a server does with the one call that it gets, and the code that the client gets. */
const FAILURES: Readonly<Record<string, readonly [code: string, handler: Handler]>> = {
  'an error without a body': ['UPSTREAM_STATUS', (_, r) => r.writeHead(500).end()],
  'a page in place of an answer': [
    'UPSTREAM_STATUS',
    (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hello</h1>'),
  ],
  'a page with an error': ['UPSTREAM_STATUS', (_, r) => r.writeHead(502).end('<h1>bad</h1>')],
  'a reset before the head': ['UPSTREAM_BROKEN', (q) => q.socket.resetAndDestroy()],
  'a reset in the body': [
    'UPSTREAM_BROKEN',
    (q, r) => {
      r.writeHead(200, { ...json, 'content-length': '1000' }).write('{"jsonrpc":"2.0",');
      setTimeout(() => q.socket.resetAndDestroy(), 20);
    },
  ],
  'less than it said': [
    'UPSTREAM_BROKEN',
    (q, r) => {
      r.writeHead(200, { ...json, 'content-length': '1000' }).write(result(1));
      setTimeout(() => q.socket.end(), 20);
    },
  ],
  'no HTTP': ['UPSTREAM_BROKEN', (q) => q.socket.end('hello\r\n\r\n')],
  'half a document': ['UPSTREAM_BROKEN', (_, r) => r.writeHead(200, json).end('{"jsonrpc":"2.0"')],
  'an empty document': ['UPSTREAM_BROKEN', (_, r) => r.writeHead(200, json).end()],
  'taken in without an answer': ['UPSTREAM_BROKEN', (_, r) => r.writeHead(202).end()],
  'half an event': [
    'UPSTREAM_BROKEN',
    (_, r) => r.writeHead(200, stream).end(`data: ${result(1)}\n`),
  ],
  'an answer to somebody else': [
    'UPSTREAM_BROKEN',
    (_, r) => r.writeHead(200, stream).end(`data: ${result(77)}\n\n`),
  ],
  'a stream without an answer': [
    'UPSTREAM_BROKEN',
    (_, r) => r.writeHead(200, stream).end(': hi\n\n'),
  ],
  'an event without end': ['UPSTREAM_TOO_LARGE', (_, r) => r.writeHead(200, stream).end(big)],
  'a document without end': ['UPSTREAM_TOO_LARGE', (_, r) => r.writeHead(200, json).end(big)],
  'compressed all the same': [
    'UPSTREAM_ENCODING',
    (_, r) => r.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(result(1))),
  ],
  'no answer in time': ['UPSTREAM_TIMEOUT', () => undefined],
  forbidden: [
    'UPSTREAM_FORBIDDEN',
    (_, r) => r.writeHead(403, json).end('{"error":"secret cause"}'),
  ],
  'a challenge': [
    'UPSTREAM_UNAUTHORIZED',
    (_, r) => r.writeHead(401, { 'www-authenticate': 'Bearer error="x"' }).end(),
  ],
};

describe('a server elsewhere that fails', () => {
  for (const [name, [code, handler]] of Object.entries(FAILURES))
    verifies(
      'upstream:fails',
      async () => {
        const { url } = await upstream((request, response) => {
          request.resume().on('end', () => handler(request, response));
        });
        const lines = linesTo(url, { headersMs: 2_000 });
        lines.write(call(1));
        const { error } = await lines.reply(1);
        expect(error?.data?.code).toBe(code);
        expect(JSON.stringify(error)).not.toMatch(/secret|hello|bad</);
        expect(lines.unanswered).toEqual([`1 ${code.toLowerCase()}`]);
        expect(lines.upstream.counts.values[code]).toBe(1);
        expect(lines.said).toEqual([expect.stringContaining(code)]);
        // Nothing more comes, and the wrapper goes on.
        await new Promise((resolve) => setTimeout(resolve, 50));
        const answers = lines.replies.filter(({ id }) => id === 1);
        expect(answers).toHaveLength(1);
      },
      { case: name, timeoutMs: 20_000 },
    );
});

describe('a server elsewhere', () => {
  verifies(
    'upstream:fails',
    async () => {
      const { url, port } = await upstream((_, response) => response.end());
      const lines = linesTo(url.replace(String(port), '9'));
      lines.write(call(1));
      expect((await lines.reply(1)).error?.data?.code).toBe('UPSTREAM_UNREACHABLE');
    },
    { case: 'nobody listens' },
  );

  verifies(
    'upstream:fails',
    async () => {
      const answers = [
        ['https://login.example/.well-known/oauth-protected-resource', true],
        ['javascript:alert(1)', false],
        ['https://user:password@login.example/', false],
        [`https://login.example/${'x'.repeat(5_000)}`, false],
      ] as const;
      const { url } = await upstream(async (request, response) => {
        const { id } = JSON.parse(await bodyOf(request)) as { readonly id: number };
        const challenge = `Bearer resource_metadata="${answers[id]?.[0]}"`;
        response.writeHead(401, { ...json, 'www-authenticate': challenge }).end('{}');
      });
      const lines = linesTo(url);
      for (const [id, [metadata, told]] of answers.entries()) {
        lines.write(call(id));
        const { error } = await lines.reply(id);
        expect(error?.message).toMatch(/sign-in/);
        expect(error?.data).toEqual({
          code: 'UPSTREAM_UNAUTHORIZED',
          ...(told ? { resourceMetadata: metadata } : {}),
        });
      }
    },
    { case: 'asks for a sign-in, and says where' },
  );

  verifies(
    'upstream:fails',
    async () => {
      const error = { code: -32_022, message: 'Unsupported', data: { supported: ['2025-11-25'] } };
      const { url } = await upstream(async (request, response) => {
        const { id } = JSON.parse(await bodyOf(request)) as { readonly id: number };
        const body = JSON.stringify({ jsonrpc: '2.0', id: id === 1 ? null : id, error });
        response.writeHead(400, json).end(body);
      });
      const lines = linesTo(url);
      for (const id of [1, 2]) {
        lines.write(call(id));
        // What the server says itself is the server's to say; its status alone would hide it.
        expect(await lines.reply(id)).toEqual({ jsonrpc: '2.0', id, error });
      }
      expect(lines.unanswered).toEqual([]);
    },
    { case: 'an error of its own' },
  );

  verifies(
    'upstream:fails',
    async () => {
      let posts = 0;
      const { url } = await upstream((_, response) => {
        posts += 1;
        response.writeHead(202).end();
      });
      const lines = linesTo(url);
      lines.write(Buffer.concat([Buffer.from('{"id":1,"x":"'), big, Buffer.from('"}\n')]));
      lines.write('{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}');
      await expect.poll(() => posts).toBe(1);
      expect(lines.upstream.counts.values.GATEWAY_BODY_TOO_LARGE).toBe(1);
    },
    { case: 'a message that is too large to send', timeoutMs: 20_000 },
  );
});
