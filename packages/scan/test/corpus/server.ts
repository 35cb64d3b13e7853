/**
 * A server of the corpus, over stdio: `CORPUS_SDK` says on which SDK, `CORPUS_FAULTS` what is wrong
 * with it. Without faults it is the good twin of all of them.
 */
import { Server as LegacyServer } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport as LegacyTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { instrument } from '@spoor/instrument';
import { definitions } from './definitions.ts';
import { type Fault, has } from './faults.ts';
import { startTelemetry } from './telemetry.ts';
import { call } from './tools.ts';

startTelemetry();

const INFO = { name: 'corpus', version: '1.0.0' };
const CAPABILITIES = { capabilities: { tools: {} } };

if (has('stdout-noise')) console.log('listening');

/** What a server cannot do wrong that is instrumented by us: it takes trace ids out of answers. */
const BARE: readonly Fault[] = [
  'no-telemetry',
  'no-error-spans',
  'parent-sampler',
  'own-trace',
  'trace-meta',
  'trace-notification',
];

/** Spans where messages come in, unless that is what is wrong. */
const watched = <S extends object>(server: S): S => {
  if (!BARE.some(has)) instrument(server as never);
  return server;
};

type Params = {
  readonly name: string;
  readonly arguments?: Record<string, unknown>;
  readonly _meta?: Record<string, unknown>;
};

async function legacy(): Promise<void> {
  const server = new LegacyServer(INFO, CAPABILITIES);
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...definitions()] }) as never);
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const { name, arguments: args = {}, _meta = {} } = params as Params;
    if (has('trace-notification'))
      await server.notification({
        method: 'notifications/progress',
        params: { progressToken: 1, progress: 1, message: `trace ${_meta.traceparent}` },
      });
    return (await call(name, args, _meta)) as never;
  });
  await watched(server).connect(new LegacyTransport());
}

function modern(): void {
  serveStdio(() => {
    const server = new Server(INFO, CAPABILITIES);
    server.setRequestHandler('tools/list', () => ({ tools: [...definitions()] }) as never);
    server.setRequestHandler('tools/call', async ({ params }) => {
      const { name, arguments: args = {}, _meta = {} } = params as Params;
      return (await call(name, args, _meta)) as never;
    });
    return watched(server);
  });
}

if (process.env.CORPUS_SDK === 'v2') modern();
else await legacy();
