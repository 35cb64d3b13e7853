import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import * as first from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallDetail, Page, SessionDetail, SessionView } from '@spoor/core';
import { describe, expect, onTestFinished } from 'vitest';
import { startBridge } from '../conformance/bridge.ts';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { everything } from './http-servers.ts';
import { ending, firstLine, type Piped, until, World } from './support.ts';

const FirstTransport = first.StreamableHTTPClientTransport;

/** Serves a stdio command over HTTP, without Spoor. */
async function serve(command: readonly string[]): Promise<string> {
  const bridge = await startBridge(command);
  onTestFinished(() => bridge.close());
  return bridge.url;
}

async function gateway(world: World, ...words: string[]): Promise<{ child: Piped; url: string }> {
  const child = world.spoor('gateway', '--port', '0', ...words);
  const line = await firstLine(child);
  return { child, url: line.replace(/^.* listening on /, '') };
}

type Mode = 'legacy' | 'modern';

async function client(url: string, mode: Mode): Promise<Client> {
  const versionNegotiation = mode === 'modern' ? { pin: '2026-07-28' } : undefined;
  const one = new Client(
    { name: 'http-host', version: '1.0.0' },
    versionNegotiation === undefined ? {} : { versionNegotiation: { mode: versionNegotiation } },
  );
  await one.connect(new StreamableHTTPClientTransport(new URL(url)));
  await one.listTools();
  onTestFinished(() => one.close());
  return one;
}

function textOf(result: object): string {
  const content = 'content' in result && Array.isArray(result.content) ? result.content : [];
  return content.map((item: object) => ('text' in item ? item.text : '')).join('\n');
}

async function onlySession(world: World, calls: number): Promise<SessionDetail> {
  const { rows } = await until(
    () => world.api<Page<SessionView>>('sessions'),
    (page) => page.rows.reduce((sum, row) => sum + row.calls, 0) >= calls,
  );
  expect(rows.map(({ servers }) => servers)).toHaveLength(1);
  return until(
    () => world.api<SessionDetail>(`sessions/${rows[0]?.id}`),
    ({ observations }) => observations.every(({ outcome }) => outcome !== 'pending'),
  );
}

describe('a chain through a wrapper and a gateway', () => {
  for (const mode of ['legacy', 'modern'] as const)
    verifies(
      'gateway:decides',
      async () => {
        const world = new World();
        await world.hub('--mode', 'enforce');
        const crm = await connect(world, 'crm', SERVERS.crm());
        onTestFinished(() => crm.close());
        const sandbox = await gateway(
          world,
          '--name',
          'sandbox',
          '--url',
          await serve(SERVERS.sandbox()),
        );
        const drive = await gateway(
          world,
          '--name',
          'drive',
          '--url',
          await serve(SERVERS.drive()),
        );
        const box = await client(sandbox.url, mode);
        const share = await client(drive.url, mode);

        const customers = await crm.call('query_customer_pii', {});
        const report = await box.callTool({
          name: 'code_interpreter',
          arguments: {
            rows: customers.data.customers,
            code: 'take 3; select name,email,iban; format csv',
          },
        });
        expect(report.isError).not.toBe(true);
        const content = textOf(report);
        const link = await share.callTool({
          name: 'create_shareable_link',
          arguments: { name: 'report.csv', content },
        });
        expect(link.isError).toBe(true);
        expect(textOf(link)).toMatch(/denied by the security policy.*Case c-/);
        // One host, one session, whatever way its messages take.
        const { observations } = await onlySession(world, 3);
        expect(new Set(observations.map(({ server }) => server.name))).toEqual(
          new Set(['crm', 'sandbox', 'drive']),
        );
        const denied = observations.find(({ outcome }) => outcome === 'denied');
        expect(denied?.era).toBe(mode === 'modern' ? 'modern' : 'unknown');
        const { ledger } = await world.api<CallDetail>(`calls/${denied?.id}`);
        expect(ledger[0]?.kind).toBe('call.request');
      },
      { case: mode, timeoutMs: 60_000 },
    );
});

for (const transport of ['streamableHttp', 'sse'] as const)
  verifies(
    'gateway:legacy',
    async () => {
      const world = new World();
      await world.hub();
      const { url } = await gateway(
        world,
        '--name',
        'everything',
        '--url',
        await everything(world, transport),
      );
      const one = new FirstClient({ name: 'legacy-host', version: '1.0.0' });
      const to = new URL(url);
      await one.connect(transport === 'sse' ? new SSEClientTransport(to) : new FirstTransport(to));
      await one.listTools();
      const progress: number[] = [];
      const long = await one.callTool(
        { name: 'trigger-long-running-operation', arguments: { duration: 1, steps: 4 } },
        undefined,
        { onprogress: ({ progress: step }) => progress.push(step) },
      );
      expect(textOf(long)).toContain('Long running operation completed');
      // The last step and the result come at once, and this client may take the result first.
      expect(progress.slice(0, 3)).toEqual([1, 2, 3]);
      const echoed = await one.callTool({ name: 'echo', arguments: { message: 'hello' } });
      expect(textOf(echoed)).toBe('Echo: hello');
      if (one.transport instanceof FirstTransport) await one.transport.terminateSession();
      await one.close();
      const { observations } = await onlySession(world, 2);
      expect(observations.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
        'tool.list ok',
        'tool.call ok',
        'tool.call ok',
      ]);
    },
    { case: transport, timeoutMs: 60_000 },
  );

verifies(
  'gateway:decides',
  async () => {
    const world = new World();
    await world.hub('--mode', 'enforce');
    const upstream = await everything(world, 'sse');
    const { url } = await gateway(world, '--name', 'everything', '--url', upstream);
    const one = new FirstClient({ name: 'legacy-host', version: '1.0.0' });
    await one.connect(new SSEClientTransport(new URL(url)));
    onTestFinished(() => one.close());
    await one.listTools();
    world.call('hub', 'stop');
    await until(
      () => world.call('hub', 'status').code,
      (code) => code !== 0,
    );
    // Without a hub, what could do harm outside does not go on; the answer comes on the stream.
    const answer = await one.callTool({ name: 'send_email', arguments: { to: 'a@example.com' } });
    expect(answer.isError).toBe(true);
    expect(textOf(answer)).toContain('denied by the security policy');
  },
  { case: 'the oldest transport, without a hub', timeoutMs: 60_000 },
);

verifies('gateway:bridges', async () => {
  const world = new World();
  await world.hub();
  const child = world.spoor('gateway', '--stdio', '--port', '0', '--', ...SERVERS.everything());
  const url = (await firstLine(child)).replace(/^.* listening on /, '');
  const [one, two] = [await client(url, 'legacy'), await client(url, 'legacy')];
  const answers = await Promise.all(
    [one, two].map((each, i) =>
      each.callTool({ name: 'echo', arguments: { message: `number ${i}` } }),
    ),
  );
  // Each session has a server of its own, although both count their ids alike.
  expect(answers.map(textOf)).toEqual(['Echo: number 0', 'Echo: number 1']);
  const { observations } = await onlySession(world, 2);
  expect(observations.at(-1)?.server).toMatchObject({ transport: 'stdio' });
  child.kill('SIGTERM');
  expect(await ending(child)).toEqual({ code: 0, signal: null });
});
