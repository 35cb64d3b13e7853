import { describe, expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { type InstrumentOptions, instrument, uninstrument } from '../src/index.ts';
import { Telemetry, Wire } from './support.ts';

function wired(more: InstrumentOptions = {}): {
  readonly wire: Wire;
  readonly telemetry: Telemetry;
} {
  const telemetry = new Telemetry();
  const { tracerProvider } = telemetry;
  const wire = instrument(new Wire(), { tracerProvider, ...more });
  wire.onmessage = () => undefined;
  return { wire, telemetry };
}

const request = (id: unknown, method: string, params: object): Record<string, unknown> => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});

const TASKS = {
  extension: { resultType: 'task', taskId: 't1' },
  'revision 2025-11-25': { task: { taskId: 't1', status: 'working' } },
} as const;

for (const [name, created] of Object.entries(TASKS)) {
  verifies(
    'inprocess:one-call',
    async () => {
      const { wire, telemetry } = wired();
      await wire.send(request(1, 'tools/call', { name: 'long' }));
      wire.onmessage?.({ jsonrpc: '2.0', id: 1, result: created });
      await wire.send(request(2, 'tasks/get', { taskId: 't1' }));
      wire.onmessage?.({ jsonrpc: '2.0', id: 2, result: { status: 'completed' } });
      await wire.send(request(3, 'tasks/get', { taskId: 'other' }));
      wire.onmessage?.({ jsonrpc: '2.0', id: 3, result: {} });
      const [call, poll, stranger] = telemetry.spans;
      expect(poll?.attributes['spoor.call.id']).toBe(call?.attributes['spoor.call.id']);
      expect(poll?.links[0]?.context.spanId).toBe(call?.spanContext().spanId);
      expect(stranger?.attributes['spoor.call.id']).not.toBe(call?.attributes['spoor.call.id']);
    },
    { case: `task, ${name}` },
  );
}

test('a subscription has a span until it is in place', async () => {
  const { wire, telemetry } = wired();
  await wire.send(request('sub', 'subscriptions/listen', {}));
  expect(telemetry.spans).toEqual([]);
  const _meta = { 'io.modelcontextprotocol/subscriptionId': 'sub' };
  const method = 'notifications/subscriptions/acknowledged';
  wire.onmessage?.({ jsonrpc: '2.0', method, params: { _meta } });
  expect(telemetry.spans.map(({ name }) => name)).toEqual(['subscriptions/listen']);
});

test('a message that could not be sent has failed, and its sender hears why', async () => {
  const failing = new Wire();
  failing.send = () => Promise.reject(new Error('broken pipe'));
  const own = new Telemetry();
  const wire = instrument(failing, { tracerProvider: own.tracerProvider });
  await expect(wire.send(request(1, 'tools/list', {}))).rejects.toThrow('broken pipe');
  expect(own.spans.map(({ attributes }) => attributes['error.type'])).toEqual(['send_failed']);
});

describe('trace context in what goes out', () => {
  const meta = { traceparent: 'x', tracestate: 'y', baggage: 'z', kept: 1 };

  test('is taken out of results and notifications', async () => {
    const { wire } = wired();
    const note = { jsonrpc: '2.0', method: 'notifications/progress', params: { _meta: meta } };
    await wire.send(note);
    wire.onmessage?.(request(1, 'tools/list', {}));
    await wire.send({ jsonrpc: '2.0', id: 1, result: { tools: [], _meta: meta } });
    expect(wire.sent).toMatchObject([
      { params: { _meta: { kept: 1 } } },
      { result: { _meta: { kept: 1 } } },
    ]);
    expect(JSON.stringify(wire.sent)).not.toMatch(/traceparent|tracestate|baggage/);
    // The caller's own objects stay as they are.
    expect(note.params._meta).toBe(meta);
    expect(meta.traceparent).toBe('x');
  });

  test.each([
    ['error data', { id: 1, error: { code: 1, message: 'm', data: { ...meta, _meta: meta } } }],
    ['input requests', { id: 1, result: { inputRequests: { a: { params: { _meta: meta } } } } }],
    ['answers', { method: 'notifications/x', params: { inputResponses: { a: { _meta: meta } } } }],
  ])('is taken out of %s', async (_, message) => {
    const { wire } = wired();
    wire.onmessage?.(request(1, 'tools/list', {}));
    await wire.send({ jsonrpc: '2.0', ...message });
    const text = JSON.stringify(wire.sent);
    expect(text).not.toMatch(/traceparent|tracestate|baggage/);
    expect(text).toContain('kept');
  });

  test('of a request is ours and no other', async () => {
    const { wire } = wired();
    await wire.send(request(1, 'tools/list', { _meta: meta }));
    const [sent] = wire.sent as { params: { _meta: Record<string, unknown> } }[];
    expect(Object.keys(sent?.params._meta ?? {}).sort()).toEqual(['kept', 'traceparent']);
    expect(sent?.params._meta.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});

test('what a handler throws after a wait goes to the transport, and ends no program', async () => {
  const server = new Wire();
  const errors: unknown[] = [];
  server.onerror = (error) => errors.push(error);
  // No hub is there: the first call waits until that is known.
  const wire = instrument(server, { hub: { home: '/nowhere' } });
  wire.onmessage = () => {
    throw new Error('thrown by the handler');
  };
  wire.onmessage?.(request(1, 'tools/call', { name: 'x' }));
  await expect.poll(() => errors.map(String)).toEqual(['Error: thrown by the handler']);
});

test('calls that are open when instrumenting ends have an end', async () => {
  const { wire, telemetry } = wired();
  await wire.send(request(1, 'tools/list', {}));
  uninstrument(wire);
  expect(telemetry.spans.map(({ name }) => name)).toEqual(['tools/list']);
  wire.onmessage?.({ jsonrpc: '2.0', id: 1, result: {} });
  expect(telemetry.spans).toHaveLength(1);
});
