/**
 * `http-server.ts PORT`: a server of the corpus over Streamable HTTP, on the second SDK, for both
 * eras. Without faults it refuses whatever a careful server refuses.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import { instrument } from '@spoor/instrument';
import { definitions } from './definitions.ts';
import { has } from './faults.ts';
import { startTelemetry } from './telemetry.ts';
import { call } from './tools.ts';

startTelemetry();

const [port = '0'] = process.argv.slice(2);
const TOKEN = process.env.CORPUS_TOKEN ?? 'none';
const BODY_BYTES_MAX = 4_194_304;

type Params = {
  readonly name: string;
  readonly arguments?: Record<string, unknown>;
  readonly _meta?: Record<string, unknown>;
};

const handler = toNodeHandler(
  createMcpHandler(() => {
    const server = new Server(
      { name: 'corpus', version: '1.0.0' },
      { capabilities: { tools: {} } },
    );
    server.setRequestHandler('tools/list', () => ({ tools: [...definitions()] }) as never);
    server.setRequestHandler('tools/call', async ({ params }) => {
      const { name, arguments: args = {}, _meta = {} } = params as Params;
      return (await call(name, args, _meta)) as never;
    });
    return instrument(server as never);
  }),
);

type Handled = Parameters<typeof handler>;

/** Undefined where the request may go on. */
function refusal({ headers }: IncomingMessage): number | undefined {
  const host = (headers.host ?? '').split(':')[0] ?? '';
  if (!has('any-host') && host !== '127.0.0.1' && host !== 'localhost') return 403;
  if (!has('any-origin') && headers.origin !== undefined) return 403;
  if (!has('no-token') && headers.authorization !== `Bearer ${TOKEN}`) return 401;
  return undefined;
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX && !has('any-size')) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (has('any-page')) response.setHeader('access-control-allow-origin', '*');
  if (has('any-page') && request.method === 'OPTIONS') {
    response.writeHead(204).end();
    return;
  }
  const status = refusal(request);
  const body = status === undefined ? await bodyOf(request) : '';
  if (status !== undefined || body === undefined) {
    response.writeHead(status ?? 413, { connection: 'close' }).end();
    return;
  }
  const message = JSON.parse(body === '' ? '{}' : body) as { readonly method?: string };
  if (has('any-mismatch') && request.headers['mcp-method'] !== undefined)
    mirror(request, message.method ?? '');
  if (has('trace-header'))
    response.setHeader('traceparent', `00-${'4bf92f35'.repeat(4)}-00f067aa0ba902b7-01`);
  await handler(request as Handled[0], response as Handled[1], message);
}

/** As a server does that believes the body and looks at no header. */
function mirror(request: IncomingMessage, method: string): void {
  request.headers['mcp-method'] = method;
  const at = request.rawHeaders.findIndex((name) => name.toLowerCase() === 'mcp-method');
  if (at >= 0) request.rawHeaders[at + 1] = method;
}

createServer((request, response) => void serve(request, response)).listen(
  Number(port),
  '127.0.0.1',
);
