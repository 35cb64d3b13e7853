import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Observation, Page, SessionDetail, SessionView } from '@spoor/core';
import { expect, onTestFinished, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { all, ending, FIXTURES, firstLine, kill, NODE, until, World } from './support.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${SPAN}-00`;
const _meta = { traceparent: TRACEPARENT, tracestate: 'v=1', baggage: 'app.tenant=7,app.b=1' };

const call = (id: number, name: string): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name, arguments: {}, _meta },
  });

interface Said {
  readonly id?: number;
  readonly result?: { readonly content: readonly { readonly text: string }[] };
}

/** What the client hears, and the lines that the server read. */
async function talk(world: World, ...flags: string[]): Promise<{ heard: string; read: string[] }> {
  const server = [NODE, join(FIXTURES, 'context-server.ts')];
  const client = world.spoor('run', '--name', 'ctx', ...flags, '--', ...server);
  const out = all(client.stdout);
  client.stdin.end(`${call(1, 'lookup')}\n${call(2, 'fail')}\n`);
  const heard = await out;
  await ending(client);
  const said = heard
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Said);
  return {
    heard,
    read: said.flatMap(({ result }) => result?.content.map((one) => one.text) ?? []),
  };
}

async function observed(world: World, atLeast = 2): Promise<readonly Observation[]> {
  const { rows } = await until(
    () => world.api<Page<SessionView>>('sessions'),
    (page) => page.rows.length > 0,
  );
  const detail = await until(
    () => world.api<SessionDetail>(`sessions/${rows[0]?.id}`),
    ({ observations }) => observations.filter(({ tool }) => tool !== undefined).length >= atLeast,
  );
  return detail.observations.filter(({ tool }) => tool !== undefined);
}

verifies(
  'trust:send',
  async () => {
    const world = new World();
    const hub = await world.hub();
    const { heard, read } = await talk(world);
    const [line] = read;
    if (line === undefined) throw new Error('the server read nothing');
    // The server got ids that it can use, and that tell it nothing.
    const [given] = /00-[0-9a-f]{32}-[0-9a-f]{16}-01/.exec(line) ?? [];
    expect(line).toBe(
      call(1, 'lookup').replace(JSON.stringify(_meta), JSON.stringify({ traceparent: given })),
    );
    // What it said of them came to its client as content, and nowhere else.
    const beside = heard.replaceAll(JSON.stringify(line), '""');
    expect(beside).toContain('notifications/progress');
    expect(beside).toContain('sampling/createMessage');
    expect(beside).toContain('"error"');
    expect(beside).not.toMatch(/traceparent|[0-9a-f]{32}/);

    const calls = await observed(world);
    const lookup = calls.find(({ tool }) => tool?.name === 'lookup');
    expect(lookup?.trace).toMatchObject({ trace: TRACE, parent: SPAN, parentOf: 'client' });
    const { trace, span } = lookup?.trace.given ?? {};
    expect(`00-${trace}-${span}-01`).toBe(given);
    expect(lookup?.trace.refused).toContain('baggage-dropped');
    // Flags of a client decide nothing.
    expect(lookup?.trace.sampledHint).toBeUndefined();
    await kill(hub, 'SIGTERM');
  },
  { case: 'a real wrapper, server and hub', timeoutMs: 60_000 },
);

verifies(
  'relay:transparent',
  async () => {
    const world = new World({ SPOOR_TRUST_BAGGAGE: 'keep app.*' });
    const hub = await world.hub();
    const { heard, read } = await talk(world, '--trust', 'continue');
    expect(read).toEqual([call(1, 'lookup')]);
    expect(heard).toContain(JSON.stringify(_meta));
    await kill(hub, 'SIGTERM');
  },
  { case: 'trace context and baggage that the settings keep', timeoutMs: 60_000 },
);

verifies(
  'trust:receive',
  async () => {
    const world = new World();
    const hub = await world.hub();
    const upstream = createServer((request, response) => {
      request.resume().on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end('{"jsonrpc":"2.0","id":1,"result":{"content":[]}}');
      });
    });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    onTestFinished(() => void upstream.close());
    const { port } = upstream.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/mcp`;
    const gateway = world.spoor('gateway', '--port', '0', '--name', 'ctx', '--url', url);
    const at = (await firstLine(gateway)).replace(/^.* listening on /, '');
    const accept = 'application/json, text/event-stream';
    const headers = { 'content-type': 'application/json', accept };
    await (await fetch(at, { method: 'POST', headers, body: call(1, 'lookup') })).text();
    const [lookup] = await observed(world, 1);
    // Who calls a gateway has not started it: its span is linked, and no parent of ours.
    expect(lookup?.trace.parentOf).toBe('episode');
    expect(lookup?.trace.link).toEqual({ trace: TRACE, span: SPAN });
    expect(lookup?.trace.trace).not.toBe(TRACE);
    await kill(gateway, 'SIGTERM');
    await kill(hub, 'SIGTERM');
  },
  { case: 'a real gateway without settings', timeoutMs: 60_000 },
);

test('words for trust that are none are refused before anything starts', () => {
  const world = new World();
  const refused = (env: Record<string, string>, ...flags: string[]): string => {
    Object.assign(world.env, env);
    return world.call('run', ...flags, '--', NODE, '--version').stderr;
  };
  expect(refused({}, '--trust', 'everyone')).toMatch(/CONFIG_BAD_VALUE.*continue or restart-link/s);
  expect(refused({ SPOOR_TRUST_BAGGAGE: 'all' })).toMatch(/CONFIG_BAD_VALUE.*trust\.baggage/s);
});
