import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { TRUSTED } from '@spoor/core';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { type InstrumentOptions, instrument, uninstrument, withIntent } from '../src/index.ts';
import { type Pair, pairOf, Telemetry } from './support.ts';

const VERSIONS = ['v1', 'v2'] as const;

async function connected(
  version: 'v1' | 'v2',
  telemetry: Telemetry,
  more: InstrumentOptions = {},
): Promise<Pair> {
  const { tracerProvider, meterProvider } = telemetry;
  const options = { tracerProvider, meterProvider, ...more };
  const pair = await pairOf(version);
  instrument(pair.server, options);
  instrument(pair.client, options);
  await pair.server.connect(pair.ends[1]);
  await pair.client.connect(pair.ends[0]);
  await pair.client.listTools();
  return pair;
}

describe.each(VERSIONS)('%s', (version) => {
  verifies(
    'inprocess:conventions',
    async () => {
      const telemetry = new Telemetry();
      const { client } = await connected(version, telemetry);
      await client.callTool({ name: 'echo', arguments: { text: 'x', made_up: 1 } });
      const [server, asked] = telemetry.named('tools/call echo');
      expect([server?.kind, asked?.kind]).toEqual([SpanKind.SERVER, SpanKind.CLIENT]);
      for (const span of [server, asked]) {
        expect(span?.attributes).toMatchObject({
          'mcp.method.name': 'tools/call',
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'echo',
          'jsonrpc.request.id': expect.stringMatching(/^\d+$/),
          'mcp.protocol.version': '2025-11-25',
          'spoor.request.arguments': ['text'],
        });
        expect(span?.status.code).toBe(SpanStatusCode.UNSET);
      }
      expect(server?.attributes['spoor.call.id']).toBe(asked?.attributes['spoor.call.id']);
      await client.close();
      const series = await telemetry.metrics();
      for (const side of ['client', 'server']) {
        const calls = series.filter(
          ({ name, attributes }) =>
            name === `mcp.${side}.operation.duration` && 'gen_ai.tool.name' in attributes,
        );
        expect(calls).toMatchObject([
          { count: 1, attributes: { 'mcp.method.name': 'tools/call' } },
        ]);
        expect(series.map(({ name }) => name)).toContain(`mcp.${side}.session.duration`);
      }
    },
    { case: version },
  );

  test('failures are told by code and never by text', async () => {
    const telemetry = new Telemetry();
    const { client } = await connected(version, telemetry);
    await client.callTool({ name: 'soft', arguments: { text: 'secret' } });
    await client.callTool({ name: 'none' }).catch(() => undefined);
    for (const span of telemetry.named('tools/call soft')) {
      expect(span.attributes['error.type']).toBe('tool_error');
      expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'failed' });
    }
    const unknown = telemetry.named('tools/call none');
    expect(unknown).toHaveLength(2);
    for (const span of unknown) expect(span.status.code).toBe(SpanStatusCode.ERROR);
    expect(telemetry.text()).not.toContain('secret');
  });

  test('a call that its client gives up ends on both sides', async () => {
    const telemetry = new Telemetry();
    const { client } = await connected(version, telemetry);
    const params = { name: 'slow', arguments: {} };
    const options = { timeout: 20 };
    const call = version === 'v1' ? [undefined, options] : [options];
    await expect(client.callTool(params, ...call)).rejects.toThrow();
    const errors = telemetry
      .named('tools/call slow')
      .map(({ kind, attributes }) => [kind, attributes['error.type']]);
    expect(errors).toContainEqual([SpanKind.CLIENT, 'timeout']);
    expect(errors).toContainEqual([SpanKind.SERVER, 'cancelled']);
  });

  test('calls that are open when the connection closes end with it', async () => {
    const telemetry = new Telemetry();
    const { client } = await connected(version, telemetry);
    const call = client.callTool({ name: 'slow', arguments: {} });
    call.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await client.close();
    const errors = telemetry.named('tools/call slow').map((span) => span.attributes['error.type']);
    expect(errors).toEqual(['connection_closed', 'connection_closed']);
  });
});

describe.each(VERSIONS)('%s', (version) => {
  verifies(
    'inprocess:in-place',
    async () => {
      const telemetry = new Telemetry();
      const pair = await pairOf(version);
      const [near] = pair.ends;
      const [keys, prototype] = [Reflect.ownKeys(near), Object.getPrototypeOf(near)];
      const { tracerProvider } = telemetry;
      expect(instrument(pair.client, { tracerProvider })).toBe(pair.client);
      instrument(instrument(pair.client), { tracerProvider });
      instrument(near, { tracerProvider });
      await pair.server.connect(pair.ends[1]);
      await pair.client.connect(near);
      expect(Object.getPrototypeOf(near)).toBe(prototype);
      await pair.client.listTools();
      expect(telemetry.named('tools/list')).toHaveLength(1);
      uninstrument(pair.client);
      uninstrument(near);
      await pair.client.listTools();
      await pair.client.callTool({ name: 'echo', arguments: {} });
      expect(telemetry.named('tools/list')).toHaveLength(1);
      expect(telemetry.spans.filter(({ name }) => name.includes('echo'))).toEqual([]);
      expect(Reflect.ownKeys(near)).toEqual(expect.arrayContaining(keys));
      expect(Object.hasOwn(near, 'send')).toBe(false);
      expect(Object.hasOwn(pair.client, 'connect')).toBe(false);
    },
    { case: version },
  );
});

describe.each(VERSIONS)('%s', (version) => {
  verifies(
    'inprocess:covered',
    async () => {
      const telemetry = new Telemetry();
      const { client } = await connected(version, telemetry);
      telemetry.reset();
      const tracer = telemetry.tracerProvider.getTracer('agent');
      const attributes = {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'srv_soft',
      };
      await tracer.startActiveSpan('execute_tool soft', { attributes }, async (span) => {
        await client.callTool({ name: 'soft', arguments: {} });
        span.end();
      });
      const clients = telemetry.spans.filter(({ kind }) => kind !== SpanKind.SERVER);
      expect(clients.map(({ name }) => name)).toEqual(['execute_tool soft']);
      expect(clients[0]?.attributes).toMatchObject({
        'gen_ai.tool.name': 'srv_soft',
        'mcp.method.name': 'tools/call',
        'error.type': 'tool_error',
      });
    },
    { case: version },
  );

  verifies(
    'inprocess:intent',
    async () => {
      const telemetry = new Telemetry();
      const { client } = await connected(version, telemetry);
      telemetry.reset();
      const prompt = 'Send the CANARYPROMPT report to Ann';
      await withIntent(prompt, () => client.callTool({ name: 'echo', arguments: {} }));
      await withIntent(prompt, () => client.callTool({ name: 'soft', arguments: {} }));
      await client.callTool({ name: 'none' }).catch(() => undefined);
      const clusters = telemetry.spans
        .filter(({ kind }) => kind === SpanKind.CLIENT)
        .map(({ attributes }) => attributes['spoor.intent.cluster']);
      expect(clusters).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), clusters[0], undefined]);
      expect(telemetry.text()).not.toContain('CANARYPROMPT');
      const [first] = telemetry.spans.filter(({ kind }) => kind === SpanKind.CLIENT);
      expect(first?.attributes).toMatchObject({
        'spoor.cause.kind': 'user',
        'spoor.cause.evidence': 'intent',
      });
    },
    { case: version },
  );
});

verifies('inprocess:cause', async () => {
  const telemetry = new Telemetry();
  const { tracerProvider } = telemetry;
  const inner = await connected('v2', telemetry);
  const outer = await pairOf('v1');
  const server = instrument(outer.server, { tracerProvider }) as unknown as {
    registerTool(name: string, options: object, handler: () => Promise<unknown>): unknown;
  };
  server.registerTool('relay', { description: 'calls another server' }, async () => {
    // Some work first: what is known must outlive it.
    await new Promise((resolve) => setTimeout(resolve, 5));
    return inner.client.callTool({ name: 'echo', arguments: {} });
  });
  await outer.server.connect(outer.ends[1]);
  await outer.client.connect(outer.ends[0]);
  telemetry.reset();
  await outer.client.callTool({ name: 'relay' });
  const [served] = telemetry.named('tools/call relay');
  const nested = telemetry.named('tools/call echo').find(({ kind }) => kind === SpanKind.CLIENT);
  expect(nested?.attributes).toMatchObject({
    'spoor.cause.kind': 'tool',
    'spoor.cause.evidence': 'trace',
    'spoor.cause.parent': served?.attributes['spoor.call.id'],
  });
  expect(nested?.parentSpanContext?.spanId).toBe(served?.spanContext().spanId);
});

test('two ends that trust each other share a trace', async () => {
  const telemetry = new Telemetry();
  const { client } = await connected('v2', telemetry, { trust: TRUSTED });
  telemetry.reset();
  await client.callTool({ name: 'echo', arguments: {} });
  const [served, asked] = telemetry.spans;
  expect(served?.spanContext().traceId).toBe(asked?.spanContext().traceId);
  expect(served?.parentSpanContext?.spanId).toBe(asked?.spanContext().spanId);
});

test('two ends that do not share none, and the link says what is related', async () => {
  const telemetry = new Telemetry();
  const { client } = await connected('v2', telemetry);
  telemetry.reset();
  await client.callTool({ name: 'echo', arguments: {} });
  const [served, asked] = telemetry.spans;
  expect(served?.spanContext().traceId).not.toBe(asked?.spanContext().traceId);
  expect(served?.parentSpanContext).toBeUndefined();
  expect(served?.links.map(({ context }) => context.spanId)).toContain(asked?.spanContext().spanId);
});

test('a program without OpenTelemetry runs as before', async () => {
  trace.disable();
  const pair = await pairOf('v2');
  instrument(pair.client);
  instrument(pair.server);
  await pair.server.connect(pair.ends[1]);
  await pair.client.connect(pair.ends[0]);
  expect(await pair.client.callTool({ name: 'echo', arguments: { text: 'hi' } })).toMatchObject({
    content: [{ text: 'hi' }],
  });
});

test.each([undefined, null, 1, 'x', {}, Object.freeze({ send: 1 })])(
  'what is nothing of the kind is returned as it is: %o',
  (value) => {
    expect(instrument(value)).toBe(value);
  },
);
