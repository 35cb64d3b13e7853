import { type Frame, parseMessage, systemClock, systemRandom } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { Boundary } from '../src/boundary.ts';
import { Relay } from '../src/relay.ts';
import { STDIO_TRUST, stdioTrust } from '../src/trust.ts';
import { testHub } from './support.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;
const META = {
  traceparent: TRACEPARENT,
  tracestate: `vendor=${TRACE}`,
  baggage: `app.trace=${TRACE}`,
  'dev.spoor/identity': { proof: TRACE },
};
const CONTINUE = stdioTrust({ client: 'continue', server: 'continue', baggage: 'keep *' });

const frameOf = (message: object): Frame => ({
  kind: 'line',
  bytes: Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`),
});
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** Every message of a server in which a context could stand. */
const FROM_SERVER: Readonly<Record<string, object>> = {
  result: { id: 1, result: { content: [], _meta: { ...META, other: 1 } } },
  'progress notification': {
    method: 'notifications/progress',
    params: { progressToken: 1, progress: 1, _meta: META },
  },
  'server request': {
    id: 's',
    method: 'sampling/createMessage',
    params: { messages: [], _meta: META },
  },
  'error data': { id: 1, error: { code: -1, message: 'x', data: { ...META, at: 7 } } },
  'meta in error data': { id: 1, error: { code: -1, message: 'x', data: { _meta: META } } },
  'question in a result': {
    id: 1,
    result: {
      resultType: 'input_required',
      inputRequests: { a: { method: 'elicitation/create', params: { _meta: META } } },
    },
  },
};

const FROM_CLIENT: Readonly<Record<string, object>> = {
  'tool call': { id: 1, method: 'tools/call', params: { name: 't', _meta: META } },
  'list of tools': { id: 1, method: 'tools/list', params: { _meta: META } },
  'unobserved request': { id: 1, method: 'completion/complete', params: { _meta: META } },
  notification: { method: 'notifications/progress', params: { _meta: META } },
  answer: { id: 's', result: { _meta: META } },
  'answer in the next leg': {
    id: 2,
    method: 'tools/call',
    params: { name: 't', inputResponses: { a: { action: 'accept', _meta: META } } },
  },
};

describe('the boundary of a wrapper, as it is without settings', () => {
  for (const [name, message] of Object.entries(FROM_SERVER)) {
    verifies(
      'trust:send',
      () => {
        const boundary = new Boundary(STDIO_TRUST, systemRandom);
        const frame = frameOf(message);
        const out = text(boundary.toClient(frame));
        expect(out).not.toContain(TRACE);
        // What is no carrier is still there.
        const bare = JSON.parse(text(frame.bytes), (key, value) =>
          key in META ? undefined : value,
        );
        expect(JSON.parse(out)).toEqual(bare);
      },
      { case: `to the client: ${name}` },
    );
  }

  for (const [name, message] of Object.entries(FROM_CLIENT)) {
    verifies(
      'trust:send',
      () => {
        const boundary = new Boundary(STDIO_TRUST, systemRandom);
        const frame = frameOf(message);
        expect(text(boundary.toServer(frame, parseMessage(frame)))).not.toContain(TRACE);
      },
      { case: `to the server: ${name}` },
    );
  }

  test('gives fresh ids only where the hub is told of them', () => {
    for (const [name, message] of Object.entries(FROM_CLIENT)) {
      const boundary = new Boundary(STDIO_TRUST, systemRandom);
      const frame = frameOf(message);
      const read = parseMessage(frame);
      const out = text(boundary.toServer(frame, read));
      const told = read.kind === 'request' ? boundary.crossingOf(read)?.given : undefined;
      expect(out.includes('traceparent'), name).toBe(told !== undefined);
      if (told !== undefined) expect(out).toContain(`00-${told.trace}-${told.parent}-01`);
    }
  });

  test('takes keys out of a frame that nobody can read', () => {
    const boundary = new Boundary(STDIO_TRUST, systemRandom);
    const twice = `{"a":1,"a":2,"params":{"_meta":{"traceparent":"${TRACEPARENT}"}}}\n`;
    const frame: Frame = { kind: 'line', bytes: Buffer.from(twice) };
    expect(text(boundary.toServer(frame, parseMessage(frame)))).toBe(
      '{"a":1,"a":2,"params":{"_meta":{}}}\n',
    );
  });

  test('finds keys that are spelled with escapes', () => {
    const boundary = new Boundary(STDIO_TRUST, systemRandom);
    const spelled = `{"id":1,"result":{"\\u005fmeta":{"\\u0074raceparent":"x","dev.spoor\\/identity":1}}}`;
    const frame: Frame = { kind: 'line', bytes: Buffer.from(spelled) };
    expect(text(boundary.toClient(frame))).toBe('{"id":1,"result":{"\\u005fmeta":{}}}');
    const escaped = `{"id":1,"result":{"_meta":{"\\u0062aggage":"app.b=1"}}}`;
    const other: Frame = { kind: 'line', bytes: Buffer.from(escaped) };
    expect(text(boundary.toClient(other))).toBe('{"id":1,"result":{"_meta":{}}}');
  });
});

/** As other tracers write it, in any case. */
const FOREIGN = [
  '_dd_trace_context',
  'b3',
  'X-B3-TraceId',
  'elastic-apm-traceparent',
  'newrelic',
  'ot-tracer-traceid',
  'sentry-trace',
  'traceresponse',
  'uber-trace-id',
  'X-Amzn-Trace-Id',
  'x-cloud-trace-context',
  'x-datadog-trace-id',
];
const FOREIGN_BAGGAGE = ['jaeger-baggage', 'ot-baggage-user', 'uberctx-user'];

describe('trace context in forms of its own', () => {
  const crossings = (key: string, trust: typeof CONTINUE): readonly boolean[] => {
    const boundary = new Boundary(trust, systemRandom);
    const call = frameOf({ id: 1, method: 'tools/call', params: { _meta: { [key]: 'x' } } });
    const result = frameOf({ id: 1, result: { _meta: { [key]: { trace: 'x' } } } });
    return [
      boundary.toServer(call, parseMessage(call)) === call.bytes,
      boundary.toClient(result) === result.bytes,
    ];
  };

  for (const key of [...FOREIGN, ...FOREIGN_BAGGAGE]) {
    verifies(
      'trust:send',
      () => {
        expect(crossings(key, STDIO_TRUST)).toEqual([false, false]);
        const goesOn = FOREIGN.includes(key);
        expect(crossings(key, CONTINUE)).toEqual([goesOn, goesOn]);
      },
      { case: key },
    );
  }

  test('does not take along what only looks like it', () => {
    for (const key of ['b33', 'trace', 'xb3', 'example.com/x-b3-', 'progressToken']) {
      expect(crossings(key, STDIO_TRUST), key).toEqual([true, true]);
    }
  });
});

describe('a boundary that is continued', () => {
  const blanks = fc.constantFrom('', ' ', '\t');
  verifies(
    'relay:transparent',
    () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...Object.values(FROM_CLIENT), ...Object.values(FROM_SERVER)),
          blanks,
          (message, blank) => {
            const boundary = new Boundary(CONTINUE, systemRandom);
            const json = JSON.stringify({ jsonrpc: '2.0', ...message }, (key, value) =>
              key === 'dev.spoor/identity' ? undefined : value,
            );
            const bytes = Buffer.from(`${blank}${json.replaceAll(':{', `:${blank}{`)}\n`);
            const frame: Frame = { kind: 'line', bytes };
            expect(boundary.toServer(frame, parseMessage(frame))).toBe(bytes);
            expect(boundary.toClient(frame)).toBe(bytes);
          },
        ),
      );
    },
    { case: 'valid trace context and baggage, continued' },
  );

  test('believes what a server sends with its request', async () => {
    const believed = async (trust: typeof CONTINUE): Promise<unknown> => {
      const hub = testHub();
      const relay = new Relay({
        toServer: () => undefined,
        toClient: () => undefined,
        hub,
        clock: systemClock,
        random: systemRandom,
        boundary: new Boundary(trust, systemRandom),
      });
      const asks = FROM_SERVER['server request'] ?? {};
      relay.fromServer(frameOf(asks).bytes);
      relay.fromClient(frameOf({ id: 's', result: {} }).bytes);
      await relay.serverEnded();
      return hub.ended.map(({ traceparent, link, given }) => ({ traceparent, link, given }));
    };
    const remote = { trace: TRACE, parent: SPAN };
    const asked = { traceparent: remote };
    expect(await believed(CONTINUE)).toEqual([asked, asked]);
    expect(await believed(STDIO_TRUST)).toEqual([{ link: remote }, { link: remote }]);
  });
});

describe('settings of trust', () => {
  test('that are no rules are refused', () => {
    expect(() => stdioTrust({ client: 'drop', server: 'drop', baggage: 'all' })).toThrow(
      /trust\.baggage/,
    );
  });
});

verifies(
  'relay:transparent',
  () => {
    const keyless = fc
      .json({ maxDepth: 3 })
      .map((json) => `{"jsonrpc":"2.0","id":1,"result":${json},"params":${json}}\n`);
    fc.assert(
      fc.property(keyless, (line) => {
        const boundary = new Boundary(STDIO_TRUST, systemRandom);
        const frame: Frame = { kind: 'line', bytes: Buffer.from(line) };
        expect(boundary.toServer(frame, parseMessage(frame))).toBe(frame.bytes);
        expect(boundary.toClient(frame)).toBe(frame.bytes);
      }),
    );
  },
  { case: 'the boundary, where nothing is to be kept back' },
);
