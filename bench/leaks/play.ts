/**
 * `play.ts ARM FOLDER`: plays a client and a server of the SDK's version 1 under one arm, with
 * canaries everywhere, and prints what came out: spans, and what the peers got.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, execPath } from 'node:process';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Arm, type ArmName, armOf, type Load, loader } from './arms.ts';
import { canary, type Field } from './fields.ts';

export interface Played {
  readonly spans: number;
  /** What each side leaked onto spans, and sent to its peer. */
  readonly client: readonly Field[];
  readonly server: readonly Field[];
}

interface Tracing {
  readonly text: () => string;
  readonly count: () => number;
  readonly reset: () => void;
  readonly traceIds: () => readonly string[];
  within<Value>(work: () => Value): Value;
}

/** The program's own OpenTelemetry, with baggage and `tracestate` that are nobody's business. */
function setUp(from: Load): Tracing {
  const api = from('@opentelemetry/api') as unknown as typeof import('@opentelemetry/api');
  const sdk = from(
    '@opentelemetry/sdk-trace',
  ) as unknown as typeof import('@opentelemetry/sdk-trace');
  const hooks = from('@opentelemetry/context-async-hooks') as unknown as {
    readonly AsyncLocalStorageContextManager: new () => { enable(): never };
  };
  const core = from('@opentelemetry/core') as unknown as {
    readonly CompositePropagator: new (options: object) => never;
    readonly W3CTraceContextPropagator: new () => never;
    readonly W3CBaggagePropagator: new () => never;
  };
  const exporter = new sdk.InMemorySpanExporter();
  const spanProcessors = [new sdk.SimpleSpanProcessor({ exporter })];
  const provider = new sdk.TracerProvider({ spanProcessors });
  api.trace.setGlobalTracerProvider(provider);
  api.context.setGlobalContextManager(new hooks.AsyncLocalStorageContextManager().enable());
  api.propagation.setGlobalPropagator(
    new core.CompositePropagator({
      propagators: [new core.W3CTraceContextPropagator(), new core.W3CBaggagePropagator()],
    }),
  );
  const ids = new Set<string>();
  return {
    text: () => JSON.stringify(exporter.getFinishedSpans().map(shown)),
    count: () => exporter.getFinishedSpans().length,
    reset: () => exporter.reset(),
    traceIds: () => [...ids, ...exporter.getFinishedSpans().map((s) => s.spanContext().traceId)],
    within: (work) => {
      const traceState = api.createTraceState(`v=${canary('tracestateout')}`);
      const remote = {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        traceFlags: 1,
        traceState,
      };
      ids.add(remote.traceId);
      const spanned = api.trace.setSpanContext(api.ROOT_CONTEXT, remote);
      const baggage = api.propagation.createBaggage({ user: { value: canary('baggageout') } });
      return api.context.with(api.propagation.setBaggage(spanned, baggage), work);
    },
  };
}

/** All of a span that an exporter sends; our own `tracestate` belongs to it. */
function shown(span: import('@opentelemetry/sdk-trace').ReadableSpan): object {
  const { name, attributes, events, links, status } = span;
  return { name, attributes, events, links: links.map((link) => link.attributes), status };
}

interface Side {
  readonly spans: number;
  readonly leaked: readonly Field[];
}

const ON_SPANS = /CANARY([a-z]+)X/g;

async function leaks(sent: string, own: Arm): Promise<Side> {
  const texts = `${tracing.text()}${await own.spans()}`;
  const found = new Set([...texts.matchAll(ON_SPANS)].map((match) => match[1] as Field));
  for (const field of ['baggageout', 'tracestateout'] as const) {
    if (sent.includes(canary(field))) found.add(field);
  }
  if (tracing.traceIds().some((id) => sent.includes(id))) found.add('traceid');
  const spanCount = tracing.count() + (texts.match(/"span_id":/g)?.length ?? 0);
  tracing.reset();
  return { spans: spanCount, leaked: [...found].sort() };
}

const PATH = fileURLToPath(new URL('scripted-server.mjs', import.meta.url));

/** What the scripted server says; each answer holds its canaries. */
function script(): object {
  const text = (field: Field): object => ({ content: [{ type: 'text', text: canary(field) }] });
  const error = {
    code: -32603,
    message: canary('rpcerror'),
    data: { secret: canary('errordata') },
  };
  return {
    initialize: {
      result: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {}, resources: {}, prompts: {}, logging: {} },
        serverInfo: { name: canary('peer'), version: '1' },
        instructions: canary('meta'),
      },
    },
    'tools/list': {
      result: {
        tools: ['plain', 'soft', 'hard'].map((name) => ({
          name,
          description: canary('description'),
          inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
        })),
      },
    },
    'tools/call plain': {
      before: [
        {
          method: 'notifications/message',
          params: { level: 'info', data: canary('logging') },
        },
        {
          method: 'notifications/progress',
          params: { progressToken: 3, progress: 1, message: canary('progress') },
        },
      ],
      result: { ...text('result'), structuredContent: { a: canary('structured') } },
    },
    'tools/call soft': { result: { ...text('softerror'), isError: true } },
    'tools/call hard': { error },
    'tools/call': { error },
    'resources/read': {
      result: { contents: [{ uri: 'file:///x', text: canary('resource') }] },
    },
    'prompts/get': {
      result: {
        messages: [{ role: 'user', content: { type: 'text', text: canary('promptresult') } }],
      },
    },
  };
}

type Work = Promise<unknown>;

interface SdkClient {
  connect(transport: object): Work;
  listTools(): Work;
  callTool(params: object, schema?: undefined, options?: object): Work;
  readResource(params: object): Work;
  getPrompt(params: object): Work;
  close(): Work;
}

async function playClient(own: Arm, from: Load): Promise<Side> {
  const place = mkdtempSync(join(tmpdir(), 'spoor-leaks-'));
  const log = join(place, 'lines');
  const { Client } = from('@modelcontextprotocol/sdk/client/index.js') as unknown as {
    readonly Client: new (info: object) => SdkClient;
  };
  const { StdioClientTransport } = from('@modelcontextprotocol/sdk/client/stdio.js') as unknown as {
    readonly StdioClientTransport: new (options: object) => object;
  };
  const bare = new Client({ name: 'client', version: '1' });
  const asking = own.client(bare);
  const args = [PATH, log, JSON.stringify(script())];
  try {
    await tracing.within(async () => {
      await asking.connect(new StdioClientTransport({ command: execPath, args }));
      await asking.listTools();
      await own.intent(`Please ${canary('intent')}`, () => callAll(asking));
      await asking.close();
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    return await leaks(readFileSync(log, 'utf8'), own);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function callAll(asking: SdkClient): Promise<void> {
  const given = { text: canary('argument'), [canary('argumentname')]: 1 };
  const _meta = { 'example.com/x': canary('meta') };
  const ignore = (): undefined => undefined;
  for (const name of ['plain', 'soft', 'hard', `odd ${canary('oddname')}`]) {
    const options = { onprogress: ignore };
    await asking.callTool({ name, arguments: given, _meta }, undefined, options).catch(ignore);
  }
  await asking.readResource({ uri: `file:///${canary('uri')}` }).catch(ignore);
  const prompt = { name: 'p', arguments: { a: canary('promptargument') } };
  await asking.getPrompt(prompt).catch(ignore);
}

interface SdkServer {
  registerTool(name: string, options: object, handler: (...given: never[]) => unknown): unknown;
  registerResource(name: string, uri: string, options: object, handler: () => unknown): unknown;
  registerPrompt(name: string, options: object, handler: () => unknown): unknown;
  connect(transport: object): Work;
  close(): Work;
  readonly server: { createMessage(params: object): Work };
}

function registerAll(server: SdkServer): void {
  const text = (field: Field): object => ({ type: 'text', text: canary(field) });
  const options = { description: canary('description') };
  server.registerTool('plain', options, async () => ({
    content: [text('result')],
    structuredContent: { a: canary('structured') },
  }));
  server.registerTool('soft', options, async () => ({
    content: [text('softerror')],
    isError: true,
  }));
  server.registerTool('hard', options, async () => {
    throw new Error(canary('exception'));
  });
  server.registerTool('asks', options, async () => {
    const messages = [{ role: 'user', content: text('sampling') }];
    await server.server.createMessage({ messages, maxTokens: 1 });
    return { content: [] };
  });
  const uri = `file:///${canary('uri')}`;
  server.registerResource('r', uri, {}, async () => ({
    contents: [{ uri, text: canary('resource') }],
  }));
  server.registerPrompt('p', {}, async () => ({
    messages: [{ role: 'user', content: text('promptresult') }],
  }));
}

/** The lines of a client that has a canary in every field. */
function* asked(): Iterable<object> {
  const clientInfo = { name: canary('peer'), version: '1' };
  const capabilities = { sampling: {} };
  const params = { protocolVersion: '2025-11-25', capabilities, clientInfo };
  yield { id: 0, method: 'initialize', params };
  yield { method: 'notifications/initialized' };
  const _meta = {
    progressToken: canary('progresstoken'),
    'example.com/x': canary('meta'),
    traceparent: '00-11111111111111111111111111111111-2222222222222222-01',
    tracestate: `v=${canary('tracestatein')}`,
    baggage: `user=${canary('baggagein')}`,
  };
  const call = (id: unknown, method: string, more: object): object => ({
    id,
    method,
    params: { ...more, _meta },
  });
  const given = { text: canary('argument'), [canary('argumentname')]: 1 };
  yield call(1, 'tools/list', {});
  yield call(canary('requestid'), 'tools/call', { name: 'plain', arguments: given });
  yield call(3, 'tools/call', { name: 'soft', arguments: given, requestState: canary('state') });
  yield call(4, 'tools/call', { name: 'hard', arguments: given });
  yield call(5, 'tools/call', { name: `odd ${canary('oddname')}`, arguments: given });
  yield call(6, 'tools/call', { name: 'asks', arguments: given });
  yield call(7, 'resources/read', { uri: `file:///${canary('uri')}` });
  yield call(8, 'prompts/get', { name: 'p', arguments: { a: canary('promptargument') } });
  yield {
    method: 'notifications/cancelled',
    params: { requestId: 99, reason: canary('cancelled') },
  };
}

async function playServer(own: Arm, from: Load): Promise<Side> {
  const { McpServer } = from('@modelcontextprotocol/sdk/server/mcp.js') as unknown as {
    readonly McpServer: new (info: object, options: object) => SdkServer;
  };
  const { StdioServerTransport } = from('@modelcontextprotocol/sdk/server/stdio.js') as unknown as {
    readonly StdioServerTransport: new (input: PassThrough, output: PassThrough) => object;
  };
  const [input, output] = [new PassThrough(), new PassThrough()];
  let sent = '';
  output.on('data', (chunk: Buffer) => {
    sent += chunk.toString();
    answerSampling(chunk.toString(), input);
  });
  const served = own.server(new McpServer({ name: 'server', version: '1' }, { capabilities: {} }));
  registerAll(served);
  await served.connect(new StdioServerTransport(input, output));
  for (const message of asked()) {
    input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  await served.close();
  return leaks(sent, own);
}

function answerSampling(text: string, input: PassThrough): void {
  const id = /"method":"sampling\/createMessage"/.test(text)
    ? /"id":(\d+)/.exec(text)?.[1]
    : undefined;
  if (id === undefined) return;
  const content = { type: 'text', text: canary('sampling') };
  const result = { model: 'm', role: 'assistant', content };
  input.write(`${JSON.stringify({ jsonrpc: '2.0', id: Number(id), result })}\n`);
}

const [armName = 'spoor', folder = '.'] = argv.slice(2) as [ArmName, string];
const load = loader(resolve(folder));
const tracing = setUp(load);
const arm = await armOf(armName, load);
const client = await playClient(arm, load);
const server = await playServer(arm, load);
const spans = client.spans + server.spans;
process.stdout.write(JSON.stringify({ spans, client: client.leaked, server: server.leaked }));
process.exit(0);
