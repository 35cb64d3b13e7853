import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { bodyOf, call, modernCall, result, until, upstream } from '../gateway/support.ts';
import { INITIALIZE, INITIALIZED, type Lines, linesTo } from './support.ts';

const json = { 'content-type': 'application/json' };
const stream = { 'content-type': 'text/event-stream' };

interface Heard {
  readonly method: string;
  readonly session: unknown;
  readonly version: unknown;
  readonly last: unknown;
  readonly message: string;
}

type Handler = (request: IncomingMessage, response: ServerResponse, message: Message) => void;
interface Message {
  readonly id?: number | string;
  readonly method?: string;
}

/** What a server of the legacy era does unless a test says otherwise. */
const USUAL: Readonly<Record<'GET' | 'DELETE' | 'call' | 'initialize' | 'other', Handler>> = {
  GET: (_, response) => response.writeHead(405).end(),
  DELETE: (_, response) => response.writeHead(200).end(),
  call: (_, response, { id }) => response.writeHead(200, json).end(result(id)),
  initialize: (_, response, { id }) =>
    response
      .writeHead(200, { ...json, 'mcp-session-id': 'the-session' })
      .end(result(id, { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {} })),
  other: (_, response) => response.writeHead(202).end(),
};

function kindOf(method: string, { id, method: said }: Message): keyof typeof USUAL {
  if (method === 'GET' || method === 'DELETE') return method;
  if (said === 'initialize') return said;
  return id === undefined ? 'other' : 'call';
}

/** A server with one session; what is asked of it is written down. */
async function legacy(
  own: Partial<typeof USUAL>,
): Promise<{ readonly url: string; readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const { url } = await upstream(async (request, response) => {
    const { method = '', headers } = request;
    const text = await bodyOf(request);
    const message = (text === '' ? {} : JSON.parse(text)) as Message;
    heard.push({
      method,
      session: headers['mcp-session-id'],
      version: headers['mcp-protocol-version'],
      last: headers['last-event-id'],
      message: message.method ?? '',
    });
    ({ ...USUAL, ...own })[kindOf(method, message)](request, response, message);
  });
  return { url, heard };
}

async function opened(url: string): Promise<Lines> {
  const lines = linesTo(url);
  // All at once, as a client on a pipe may: nothing overtakes what opens the session.
  lines.write(`${INITIALIZE}\n${INITIALIZED}\n${call(1)}`);
  await lines.reply('init');
  return lines;
}

verifies(
  'upstream:session',
  async () => {
    const { url, heard } = await legacy({
      initialize: (_, response, { id }) => {
        setTimeout(
          () =>
            response
              .writeHead(200, { ...json, 'mcp-session-id': 'the-session' })
              .end(result(id, { protocolVersion: '2025-06-18' })),
          100,
        );
      },
    });
    const lines = await opened(url);
    await lines.reply(1);
    lines.upstream.end();
    expect(await lines.upstream.exit).toEqual({ code: 0 });
    const [first, second, ...others] = heard;
    expect(first).toMatchObject({ message: 'initialize', session: undefined, version: undefined });
    expect(second).toMatchObject({ message: 'notifications/initialized', session: 'the-session' });
    expect(others.map(({ method, message }) => `${method} ${message}`.trim()).sort()).toEqual([
      'DELETE',
      'GET',
      'POST tools/call',
    ]);
    for (const { session, version } of others)
      expect({ session, version }).toEqual({ session: 'the-session', version: '2025-06-18' });
    expect(heard.at(-1)?.method).toBe('DELETE');
  },
  { case: 'from the first word to the last' },
);

verifies(
  'upstream:session',
  async () => {
    let streams = 0;
    const { url, heard } = await legacy({
      GET: (_, response) => {
        streams += 1;
        const text = `{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"n":${streams}}}`;
        response.writeHead(200, stream).write(`retry: 20\nid: event-${streams}\ndata: ${text}\n\n`);
        if (streams < 3) setTimeout(() => response.destroy(), 20);
      },
    });
    const lines = await opened(url);
    await until(() => lines.replies.filter(({ method }) => method !== undefined).length === 3);
    expect(heard.filter(({ method }) => method === 'GET').map(({ last }) => last)).toEqual([
      undefined,
      'event-1',
      'event-2',
    ]);
  },
  { case: 'the stream on which the server speaks unasked' },
);

verifies(
  'upstream:session',
  async () => {
    const { url, heard } = await legacy({
      call: (_, response) => {
        response.writeHead(200, stream).write('id: call-1\nretry: 20\ndata:\n\n');
        setTimeout(() => response.destroy(), 20);
      },
      GET: (request, response) => {
        if (request.headers['last-event-id'] !== 'call-1') response.writeHead(405).end();
        else response.writeHead(200, stream).write(`id: call-2\ndata: ${result(1)}\n\n`);
      },
    });
    const lines = await opened(url);
    expect((await lines.reply(1)).result).toEqual({ content: [] });
    expect(heard.some(({ last }) => last === 'call-1')).toBe(true);
    expect(lines.unanswered).toEqual([]);
  },
  { case: 'the answer to a call whose stream broke' },
);

verifies(
  'upstream:session',
  async () => {
    let tries = 0;
    const { url } = await legacy({
      call: (_, response) => response.writeHead(200, stream).end('id: a\nretry: 1\ndata:\n\n'),
      GET: (request, response) => {
        if (request.headers['last-event-id'] === 'a') tries += 1;
        response.writeHead(200, stream).end();
      },
    });
    const lines = await opened(url);
    expect((await lines.reply(1)).error?.data?.code).toBe('UPSTREAM_BROKEN');
    expect(tries).toBe(5);
  },
  { case: 'a stream that never comes back is given up', timeoutMs: 15_000 },
);

verifies(
  'upstream:session',
  async () => {
    const { url } = await legacy({
      call: (_, response, { id }) =>
        response
          .writeHead(404, json)
          .end(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_001, message: 'gone' } })),
    });
    const lines = await opened(url);
    expect((await lines.reply(1)).error?.data?.code).toBe('UPSTREAM_SESSION_ENDED');
    // As a server that crashed: the client starts it anew.
    expect(await lines.upstream.exit).toEqual({ code: 69 });
  },
  { case: 'that the server has ended' },
);

verifies(
  'upstream:session',
  async () => {
    const { url, heard } = await legacy({
      initialize: (_, response, { id }) =>
        response
          .writeHead(200, { ...json, 'mcp-session-id': `x${'y'.repeat(2_000)}` })
          .end(result(id, { protocolVersion: '2025-11-25\u00e9' })),
    });
    const lines = await opened(url);
    await lines.reply(1);
    expect(heard.find(({ message }) => message === 'tools/call')).toMatchObject({
      session: undefined,
      version: undefined,
    });
  },
  { case: 'ids that are none are not repeated' },
);

verifies(
  'upstream:leaves',
  async () => {
    let closed = false;
    const bodies: string[] = [];
    const { url } = await upstream(async (request, response) => {
      bodies.push(await bodyOf(request));
      response.on('close', () => {
        closed = true;
      });
      response.writeHead(200, stream).write(': on its way\n\n');
    });
    const lines = linesTo(url);
    lines.write(modernCall(7));
    await until(() => bodies.length === 1);
    lines.write('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}');
    await until(() => closed);
    expect(bodies).toHaveLength(1);
    expect(lines.replies).toEqual([]);
  },
  { case: 'modern: cancelled' },
);

verifies(
  'upstream:leaves',
  async () => {
    const { url, heard } = await legacy({
      call: (_, response) => void response.writeHead(200, stream).write(': on its way\n\n'),
    });
    const lines = await opened(url);
    await until(() => heard.some(({ message }) => message === 'tools/call'));
    lines.write('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}');
    await until(() => heard.some(({ message }) => message === 'notifications/cancelled'));
    expect(lines.replies.filter(({ id }) => id === 1)).toEqual([]);
  },
  { case: 'legacy: cancelled' },
);

verifies(
  'upstream:leaves',
  async () => {
    const { url, heard } = await legacy({
      call: (_, response, { id }) => {
        setTimeout(() => response.writeHead(200, json).end(result(id)), 300);
      },
    });
    const lines = linesTo(url);
    lines.write(`${INITIALIZE}\n${INITIALIZED}\n${call(1)}`);
    // What was asked before it left is answered before it ends.
    lines.upstream.end();
    expect(await lines.upstream.exit).toEqual({ code: 0 });
    expect(lines.replies.map(({ id }) => id)).toEqual(['init', 1]);
    expect(heard.at(-1)?.method).toBe('DELETE');
  },
  { case: 'the end of its input' },
);

verifies(
  'upstream:leaves',
  async () => {
    const { url, heard } = await legacy({ call: () => undefined });
    const lines = await opened(url);
    await until(() => heard.some(({ message }) => message === 'tools/call'));
    const begin = performance.now();
    lines.upstream.kill('SIGTERM');
    expect(await lines.upstream.exit).toEqual({ signal: 'SIGTERM' });
    expect(performance.now() - begin).toBeLessThan(15_000);
    expect(heard.at(-1)?.method).toBe('DELETE');
  },
  { case: 'a signal, with a call under way' },
);

verifies(
  'upstream:leaves',
  async () => {
    let sent = 0;
    const event = `data: {"jsonrpc":"2.0","method":"notifications/message","params":{"x":"${'x'.repeat(65_536)}"}}\n\n`;
    const { url } = await upstream((_, response) => {
      response.writeHead(200, stream);
      const more = (): void => {
        while (response.write(event)) sent += event.length;
        sent += event.length;
        response.once('drain', more);
      };
      more();
    });
    const { upstream: end } = linesTo(url);
    end.pause();
    end.write(`${call(1)}\n`);
    await until(() => sent > 0);
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    // Sockets hold what they hold; what we hold ourselves is little.
    expect(end.readableLength).toBeLessThan(4_000_000);
  },
  { case: 'stops reading', timeoutMs: 20_000 },
);
