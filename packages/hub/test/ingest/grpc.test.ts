import { connect } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { LIMITS } from '@spoor/core';
import { expect, it, onTestFinished } from 'vitest';
import { startHub, type TestHub } from '../support/hub.ts';
import { encode, request, span } from '../support/telemetry.ts';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const BODY = encode(request(span()));

interface Answer {
  readonly status: string;
  readonly message: string;
  readonly body: Buffer;
}

/** A message with its head; length and flag as a liar would write them. */
function framed(message: Buffer, flag = 0, length = message.length): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

/** By a bare HTTP/2 client, which sends whatever a test wants. */
function call(
  hub: TestHub,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const session = connect(`http://${hub.view.ingest.grpc}`);
  session.on('error', () => undefined);
  onTestFinished(() => session.destroy());
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': EXPORT,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let found: Record<string, unknown> = {};
    const chunks: Buffer[] = [];
    stream.on('response', (answer) => {
      found = { ...found, ...answer };
    });
    stream.on('trailers', (answer) => {
      found = { ...found, ...answer };
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('close', () =>
      resolve({
        status: String(found['grpc-status']),
        message: decodeURIComponent(String(found['grpc-message'] ?? '')),
        body: Buffer.concat(chunks),
      }),
    );
    stream.end(body);
  });
}

const withGrpc = (): Promise<TestHub> => startHub({ ingest: { host: '127.0.0.1', grpcPort: 0 } });

it('takes a message, plain or compressed, and answers with one', async () => {
  const hub = await withGrpc();
  expect(await call(hub, framed(BODY))).toEqual({
    status: '0',
    message: '',
    body: framed(Buffer.alloc(0)),
  });
  const compressed = framed(gzipSync(BODY), 1);
  expect(await call(hub, compressed, { 'grpc-encoding': 'gzip' })).toMatchObject({ status: '0' });
});

it('says how many spans it rejected', async () => {
  const hub = await withGrpc();
  const { status, body } = await call(hub, framed(encode(request(span(), span({ spanId: '' })))));
  expect(status).toBe('0');
  // Field 1 of field 1 is the number of rejected spans.
  expect([body[5], body[7], body[8]]).toEqual([0x0a, 0x08, 1]);
});

it.each<[string, Buffer, Readonly<Record<string, string>>, string]>([
  ['another method', framed(BODY), { ':path': '/x.Y/Z' }, '12'],
  ['another type', framed(BODY), { 'content-type': 'application/json' }, '12'],
  ['no head', Buffer.from([0, 0]), {}, '3'],
  ['a length that is too large', framed(BODY, 0, BODY.length + 1), {}, '3'],
  ['a length that is too small', framed(BODY, 0, BODY.length - 1), {}, '3'],
  ['two messages', Buffer.concat([framed(BODY), framed(BODY)]), {}, '3'],
  ['a flag that is none', framed(BODY, 7), {}, '3'],
  ['compression that nobody named', framed(gzipSync(BODY), 1), {}, '12'],
  ['compression that is none', framed(BODY, 1), { 'grpc-encoding': 'gzip' }, '3'],
  ['no protobuf', framed(Buffer.alloc(64, 0xff)), {}, '3'],
])('refuses %s', async (_, body, headers, status) => {
  const hub = await withGrpc();
  const answer = await call(hub, body, headers);
  expect(answer.status).toBe(status);
  expect(answer.message).not.toBe('');
  expect(await call(hub, framed(BODY))).toMatchObject({ status: '0' });
});

it('refuses a bomb, and what is too large as it comes', async () => {
  const hub = await withGrpc();
  const bomb = framed(gzipSync(Buffer.alloc(512 * 1_048_576)), 1);
  const before = process.memoryUsage().rss;
  expect(await call(hub, bomb, { 'grpc-encoding': 'gzip' })).toMatchObject({ status: '3' });
  expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1_048_576);
  const big = framed(Buffer.alloc(LIMITS.otlpWireBytesMax));
  expect(await call(hub, big)).toMatchObject({ status: '3' });
});
