import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import {
  acceptedContent,
  createMcpHandler,
  createRequestStateCodec,
  inputRequired,
  McpServer,
} from '@modelcontextprotocol/server';
import { context, propagation, SpanKind } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { verifies } from '../../../test/verifies.ts';
import { instrument, TRUSTED } from '../src/index.ts';
import { Telemetry } from './support.ts';

const INFO = { name: 'modern', version: '1' };
const Form = z.object({ name: z.string() });
const state = createRequestStateCodec<number>({ key: 'a key of thirty-two bytes or more' });

/** A server for each request, as the SDK makes them; it asks for input once. */
function makeServer(): McpServer {
  const server = new McpServer(INFO, { requestState: { verify: state.verify } });
  server.registerTool('greet', { description: 'asks who you are' }, async (ctx) => {
    const answer = acceptedContent(ctx.mcpReq.inputResponses, 'who', Form);
    if (answer !== undefined) return { content: [{ type: 'text', text: answer.name }] };
    const who = inputRequired.elicit({ message: 'Who?', requestedSchema: Form });
    return inputRequired({ inputRequests: { who }, requestState: await state.mint(1) });
  });
  server.registerTool('plain', { description: 'asks nothing' }, () => ({ content: [] }));
  return server;
}

interface Ends {
  readonly client: boolean;
  readonly server: boolean;
}

/** What travelled, beside the spans. */
async function play(telemetry: Telemetry, ends: Ends): Promise<string[]> {
  const { tracerProvider, meterProvider } = telemetry;
  const options = { tracerProvider, meterProvider };
  const bodies: string[] = [];
  const handler = createMcpHandler(() =>
    ends.server ? instrument(makeServer(), options) : makeServer(),
  );
  const fetch = (url: string | URL, init?: RequestInit): Promise<Response> => {
    bodies.push(String(init?.body));
    return handler.fetch(new Request(url, init));
  };
  const client = new Client(INFO, {
    capabilities: { elicitation: { form: {} } },
    versionNegotiation: { mode: 'auto' },
  });
  if (ends.client) instrument(client, options);
  client.setRequestHandler('elicitation/create', () => ({
    action: 'accept' as const,
    content: { name: 'Ann' },
  }));
  const transport = new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), { fetch });
  await client.connect(transport);
  expect(await client.callTool({ name: 'greet' })).toMatchObject({ content: [{ text: 'Ann' }] });
  await client.callTool({ name: 'plain' });
  await client.close();
  return bodies;
}

const ENDS = { client: SpanKind.CLIENT, server: SpanKind.SERVER } as const;

for (const end of ['client', 'server'] as const) {
  verifies(
    'inprocess:one-call',
    async () => {
      const telemetry = new Telemetry();
      await play(telemetry, { client: end === 'client', server: end === 'server' });
      const legs = telemetry.named('tools/call greet');
      expect(legs.map(({ kind }) => kind)).toEqual([ENDS[end], ENDS[end]]);
      const [first, second] = legs;
      expect(second?.attributes['spoor.call.id']).toBe(first?.attributes['spoor.call.id']);
      expect(second?.attributes['jsonrpc.request.id']).not.toBe(
        first?.attributes['jsonrpc.request.id'],
      );
      expect(second?.attributes['spoor.cause.evidence']).toBe('input');
      const linked = second?.links.map(({ context }) => context.spanId);
      expect(linked).toContain(first?.spanContext().spanId);
      expect(first?.attributes['mcp.protocol.version']).toBe('2026-07-28');
      const [plain] = telemetry.named('tools/call plain');
      expect(plain?.attributes['spoor.call.id']).not.toBe(first?.attributes['spoor.call.id']);
    },
    { case: `input, ${end}` },
  );
}

test('a client says nothing of its trace to a server that is not trusted', async () => {
  const telemetry = new Telemetry();
  const bodies = (await play(telemetry, { client: true, server: true })).join('\n');
  expect(bodies).toContain('traceparent');
  for (const span of telemetry.spans) {
    if (span.kind !== SpanKind.CLIENT) continue;
    const { traceId, spanId } = span.spanContext();
    expect(bodies).not.toContain(traceId);
    expect(bodies).not.toContain(spanId);
  }
});

test.each([
  ['an untrusted server', undefined, 0],
  ['a trusted one', TRUSTED, 1],
])('what an HTTP instrumentation would say to %s', async (_, trust, said) => {
  const telemetry = new Telemetry();
  const tracer = telemetry.tracerProvider.getTracer('http');
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const headers: object[] = [];
  const handler = createMcpHandler(() => makeServer());
  const fetch = (url: string | URL, init?: RequestInit): Promise<Response> => {
    // As instrumentations of HTTP clients do it.
    return tracer.startActiveSpan('POST', (span) => {
      const carrier = {};
      propagation.inject(context.active(), carrier);
      headers.push(carrier);
      span.end();
      return handler.fetch(new Request(url, init));
    });
  };
  const client = instrument(new Client(INFO, { versionNegotiation: { mode: 'auto' } }), {
    tracerProvider: telemetry.tracerProvider,
    ...(trust === undefined ? {} : { trust }),
  });
  await client.connect(
    new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), { fetch }),
  );
  headers.length = 0;
  telemetry.reset();
  await client.callTool({ name: 'plain' });
  await client.close();
  propagation.disable();
  expect(headers.map((one) => Object.keys(one).length)).toEqual([said]);
  expect(telemetry.named('POST')).toHaveLength(said);
});
