import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { CodedError } from '@spoor/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import {
  type Ask,
  type BackendSettings,
  openReader,
  type ReaderOptions,
  type TraceReader,
} from '../../src/index.ts';
import { badServer } from './support/bad.ts';

const KINDS = ['victoriatraces', 'jaeger', 'tempo'] as const;
const ask = (): Ask => ({ signal: AbortSignal.timeout(20_000) });
const ID = 'a'.repeat(32);

async function open(
  kind: BackendSettings['kind'],
  listener: RequestListener,
  options: ReaderOptions = {},
  settings: Partial<BackendSettings> = {},
): Promise<TraceReader> {
  const server = await badServer(listener);
  const entrypoint = new URL(server.url);
  const reader = openReader({ kind, entrypoint, ...settings }, options);
  onTestFinished(async () => {
    await reader.close();
    await server.close();
  });
  return reader;
}

/** Codes of all questions that such a backend can be asked. */
async function codesOf(reader: TraceReader): Promise<Set<string>> {
  const query = { service: 'a', tags: {}, startMs: 0, endMs: 1_000, limit: 5 };
  const answers: Promise<unknown>[] = [
    reader.services(ask()),
    reader.operations('a', ask()),
    reader.traces(query, ask()),
    reader.trace(ID, ask()),
    ...(reader.kind === 'tempo' ? [] : [reader.dependencies(1_000, 1_000, ask())]),
  ];
  const codes = answers.map((answer) =>
    answer.then(
      (value) => `answered ${JSON.stringify(value)}`,
      (error: unknown) => (error instanceof CodedError ? error.code : String(error)),
    ),
  );
  return new Set(await Promise.all(codes));
}

const saying =
  (status: number, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  (...[, response]: Parameters<RequestListener>): void => {
    response.writeHead(status, headers).end(body);
  };

const PAGE = '<!doctype html><title>404 page not found</title>';

const FAILURES: readonly (readonly [string, RequestListener, string])[] = [
  ['is silent', () => undefined, 'BACKEND_TIMEOUT'],
  ['stops after its head', (_, response) => response.writeHead(200).write(' '), 'BACKEND_TIMEOUT'],
  ['hangs up', (request) => request.socket.destroy(), 'BACKEND_MALFORMED'],
  ['speaks no HTTP', (request) => request.socket.end('SSH-2.0-x\r\n'), 'BACKEND_MALFORMED'],
  ['answers with a page', saying(200, PAGE), 'BACKEND_MALFORMED'],
  ['answers with nothing', saying(200, ''), 'BACKEND_MALFORMED'],
  ['answers with half of it', saying(200, '{"data":['), 'BACKEND_MALFORMED'],
  ['answers with a list', saying(200, '[]'), 'BACKEND_MALFORMED'],
  ['answers with an empty object', saying(200, '{}'), 'BACKEND_MALFORMED'],
  ['answers with another object', saying(200, '{"status":"ok"}'), 'BACKEND_MALFORMED'],
  ['answers with null', saying(200, 'null'), 'BACKEND_MALFORMED'],
  ['answers too much', saying(200, ' '.repeat(30_000)), 'BACKEND_TOO_LARGE'],
  [
    'answers with a bomb',
    saying(200, gzipSync(Buffer.alloc(3_000_000)), { 'content-encoding': 'gzip' }),
    'BACKEND_TOO_LARGE',
  ],
  ['encodes its answer oddly', saying(200, 'x', { 'content-encoding': 'x' }), 'BACKEND_MALFORMED'],
  ['wants a sign-in', saying(401, ''), 'BACKEND_UNAUTHORIZED'],
  ['forbids it', saying(403, ''), 'BACKEND_UNAUTHORIZED'],
  ['has no such page', saying(404, PAGE), 'BACKEND_NOT_FOUND'],
  ['has no such path', saying(404, '404 page not found\n'), 'BACKEND_NOT_FOUND'],
  ['is busy', saying(429, '', { 'retry-after': '7' }), 'BACKEND_BUSY'],
  ['is down', saying(503, ''), 'BACKEND_BUSY'],
  ['fails', saying(500, 'secret words'), 'BACKEND_STATUS'],
  ['does not understand', saying(400, 'secret words'), 'BACKEND_STATUS'],
  ['gives up', saying(504, ''), 'BACKEND_TIMEOUT'],
  ['leads in circles', saying(302, '', { location: '/' }), 'BACKEND_STATUS'],
  ['leads elsewhere', saying(302, '', { location: 'https://a.example/' }), 'BACKEND_REFUSED'],
  [
    'leads to a metadata service',
    saying(302, '', { location: 'http://169.254.169.254/' }),
    'BACKEND_REFUSED',
  ],
];

describe.each(KINDS)('%s', (kind) => {
  for (const [name, listener, code] of FAILURES) {
    verifies(
      'backends:failures',
      async () => {
        const options = { answerMs: code === 'BACKEND_TIMEOUT' ? 400 : 10_000, bytesMax: 20_000 };
        expect(await codesOf(await open(kind, listener, options))).toEqual(new Set([code]));
      },
      { case: `${kind} ${name}` },
    );
  }

  test('is not there', async () => {
    const reader = openReader({ kind, entrypoint: new URL('http://127.0.0.1:1') });
    expect(await codesOf(reader)).toEqual(new Set(['BACKEND_UNREACHABLE']));
    await reader.close();
  });

  test('an error says nothing of what the backend, or the asker, said', async () => {
    const reader = await open(kind, saying(500, 'secret words'));
    const error = await reader.operations('asked-words', ask()).catch(String);
    expect(error).not.toMatch(/secret words|asked-words/);
  });

  test('tells of each place that it was led to', async () => {
    const told: unknown[] = [];
    const location = 'https://a.example/x?y';
    const listener = saying(302, '', { location });
    const reader = await open(kind, listener, { onRefused: (attempt) => told.push(attempt) });
    await reader.services(ask()).catch(() => undefined);
    expect(told).toEqual([{ origin: 'https://a.example', redirected: true }]);
  });

  test.each([
    'http://10.0.0.1:10428',
    'http://backend.internal',
    'https://169.254.169.254',
    'https://[fd00:ec2::254]',
    'https://metadata.google.internal',
    'https://168.63.129.16',
    'https://user:password@backend.example',
    'ftp://backend.example',
  ])('is not opened at %s', (url) => {
    const told: unknown[] = [];
    const options = { onRefused: (attempt: unknown) => told.push(attempt) };
    expect(() => openReader({ kind, entrypoint: new URL(url) }, options)).toThrow(CodedError);
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).not.toContain('password');
  });

  test('may be private, and without TLS where its owner says so', async () => {
    const entrypoint = new URL('http://10.255.255.1:1');
    await openReader({ kind, entrypoint, insecure: true }).close();
    await openReader({ kind, entrypoint: new URL('https://10.255.255.1:1') }).close();
    const error = (): unknown => openReader({ kind, entrypoint });
    expect(error).toThrow(expect.objectContaining({ code: 'BACKEND_REFUSED' }));
  });

  test.each(['AccountID', 'projectid', 'X-Scope-OrgID', 'x-tenant', 'Host', 'Content-Length'])(
    'is sent no header %s of its owner',
    (name) => {
      const entrypoint = new URL('http://127.0.0.1:1');
      expect(() => openReader({ kind, entrypoint, headers: { [name]: '1' } })).toThrow(CodedError);
    },
  );
});

test('an answer with errors and no data is an error', async () => {
  const errors = [{ code: 500, msg: 'storage is gone' }];
  const reader = await open('jaeger', saying(200, JSON.stringify({ data: null, errors })));
  expect(await codesOf(reader)).toEqual(new Set(['BACKEND_STATUS']));
});

test('another trace than the one that was asked for is not shown', async () => {
  const trace = { traceID: 'b'.repeat(32), spans: [], processes: {} };
  const reader = await open('jaeger', saying(200, JSON.stringify({ data: [trace] })));
  await expect(reader.trace(ID, ask())).rejects.toMatchObject({ code: 'BACKEND_MALFORMED' });
});
