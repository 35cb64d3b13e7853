import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/client';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallDetail, Page, SessionDetail, SessionView } from '@spoor/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, connectClient, SERVERS } from './host.ts';
import { everything, toolServer } from './http-servers.ts';
import { all, ending, LAUNCHER, NODE, until, World } from './support.ts';

const run = (name: string, url: string, ...more: string[]): string[] => [
  NODE,
  LAUNCHER,
  'run',
  '--name',
  name,
  '--url',
  url,
  ...more,
];

async function observations(world: World, calls: number): Promise<SessionDetail['observations']> {
  const { rows } = await until(
    () => world.api<Page<SessionView>>('sessions'),
    (page) => page.rows.reduce((sum, row) => sum + row.calls, 0) >= calls,
  );
  const detail = await until(
    () => world.api<SessionDetail>(`sessions/${rows[0]?.id}`),
    (session) => session.observations.every(({ outcome }) => outcome !== 'pending'),
  );
  return detail.observations;
}

verifies(
  'upstream:real',
  async () => {
    const world = new World();
    await world.hub();
    const url = await everything(world, 'streamableHttp');
    const [command = '', ...args] = run('everything', url);
    const { env, folder: cwd } = world;
    const client = new FirstClient({ name: 'legacy-host', version: '1.0.0' });
    await client.connect(new FirstTransport({ command, args, env, cwd, stderr: 'ignore' }));
    onTestFinished(() => client.close());
    await client.listTools();
    const progress: number[] = [];
    const long = await client.callTool(
      { name: 'trigger-long-running-operation', arguments: { duration: 1, steps: 4 } },
      undefined,
      { onprogress: ({ progress: step }) => progress.push(step) },
    );
    expect(JSON.stringify(long)).toContain('Long running operation completed');
    // In order; the last of them come with the result, which this client may take first.
    expect(progress.length).toBeGreaterThan(0);
    expect(progress).toEqual([1, 2, 3, 4].slice(0, progress.length));
    const seen = await observations(world, 1);
    expect(seen.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'tool.list ok',
      'tool.call ok',
    ]);
    expect(seen[1]?.server).toMatchObject({ name: 'everything', transport: 'http' });
  },
  { case: 'the official server, clients of the first SDK', timeoutMs: 60_000 },
);

for (const mode of ['legacy', 'modern'] as const)
  verifies(
    'upstream:real',
    async () => {
      const world = new World({ TOKEN: 'Bearer the-secret-token' });
      await world.hub();
      const { url, heard } = await toolServer(world, 'look', 'Reads nothing.');
      const client = new Client(
        { name: 'host', version: '1.0.0' },
        mode === 'modern' ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {},
      );
      const one = await connectClient(
        client,
        world,
        run('look', url, '--header-env', 'Authorization=TOKEN'),
      );
      onTestFinished(() => one.close());
      const _meta = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
      const result = await client.callTool({ name: 'look', arguments: { a: 1 }, _meta });
      expect(JSON.stringify(result)).toContain('done');
      const calls = heard.filter(({ body }) => body.includes('tools/call'));
      expect(calls).toHaveLength(1);
      expect(calls[0]?.headers.authorization).toBe('Bearer the-secret-token');
      expect(calls[0]?.headers['mcp-name']).toBe(mode === 'modern' ? 'look' : undefined);
      // No id of ours reaches the server, neither in a header nor in the message.
      expect(calls[0]?.headers).not.toHaveProperty('traceparent');
      expect(calls[0]?.body).not.toContain('0af7651916cd43dd8448eb211c80319c');
      const [seen] = (await observations(world, 1)).filter(({ kind }) => kind === 'tool.call');
      expect(seen).toMatchObject({ outcome: 'ok', server: { transport: 'http' } });
      const { ledger } = await world.api<CallDetail>(`calls/${seen?.id}`);
      expect(ledger.map(({ kind }) => kind)).toContain('call.request');
    },
    { case: `the second SDK, ${mode}`, timeoutMs: 60_000 },
  );

verifies(
  'upstream:decides',
  async () => {
    const world = new World();
    await world.hub('--mode', 'enforce');
    const crm = await connect(world, 'crm', SERVERS.crm());
    onTestFinished(() => crm.close());
    const share = await toolServer(
      world,
      'create_shareable_link',
      'Creates a public link to a file that anyone can open.',
    );
    const drive = await connectClient(
      new Client({ name: 'test-host', version: '1.0.0' }),
      world,
      run('drive', share.url),
    );
    onTestFinished(() => drive.close());
    const customers = await crm.call('query_customer_pii', {});
    const denied = await drive.call('create_shareable_link', { content: customers.text });
    expect(denied.isError).toBe(true);
    expect(denied.text).toMatch(/denied by the security policy.*Case c-/);
    const allowed = await drive.call('create_shareable_link', { content: 'nothing' });
    expect(allowed.text).toContain('nothing');
    // What was denied has left nothing at the server; what was allowed has.
    const calls = share.heard.filter(({ body }) => body.includes('tools/call'));
    expect(calls.map(({ body }) => body.includes('nothing'))).toEqual([true]);
  },
  { timeoutMs: 60_000 },
);

describe('spoor run --url', () => {
  verifies(
    'upstream:secrets',
    async () => {
      const world = new World({
        TOKEN: 'the-secret-token',
        WHERE: 'http://127.0.0.1:9/mcp?key=k3y',
      });
      const child = world.spoor('run', '--url-env', 'WHERE', '--bearer-env', 'TOKEN');
      const said = all(child.stderr);
      child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
      const answer = await new Promise<string>((resolve) =>
        child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
      );
      expect(answer).toContain('UPSTREAM_UNREACHABLE');
      const args = readFileSync(`/proc/${child.pid}/cmdline`, 'latin1');
      child.stdin.end();
      expect(await ending(child)).toEqual({ code: 0, signal: null });
      for (const text of [args, answer, await said]) expect(text).not.toMatch(/secret-token|k3y/);
    },
    { case: 'a real process', timeoutMs: 20_000 },
  );

  test.each([
    ['a variable that is not set', ['--header-env', 'X-Key=NOWHERE'], 'HEADER_VALUE'],
    ['a value that no header can carry', ['--header-env', 'X-Key=LINES'], 'HEADER_VALUE'],
    ['a header of the protocol', ['--header-env', 'Mcp-Session-Id=TOKEN'], 'USAGE'],
    ['the host', ['--header-env', 'host=TOKEN'], 'USAGE'],
    ['a value in place of a variable', ['--header-env', 'Authorization: Bearer x'], 'USAGE'],
    ['a header twice', ['--header-env', 'authorization=TOKEN', '--bearer-env', 'TOKEN'], 'USAGE'],
    ['a command beside it', ['--', 'true'], 'USAGE'],
    ['credentials in the address', ['--url', 'https://u:p@example.com/'], 'OUTBOUND_REFUSED'],
    ['an address in the clear that is none', ['--url', 'file:///etc/passwd'], 'USAGE'],
  ])('refuses %s', (_, words, code) => {
    const world = new World({ TOKEN: 'the-secret-token', LINES: 'a\r\nX-Other: the-secret-token' });
    const url = words[0] === '--url' ? [] : ['--url', 'http://127.0.0.1:9/mcp'];
    const { code: exit, stderr } = world.call('run', ...url, ...words);
    expect(exit).not.toBe(0);
    expect(stderr).toContain(code);
    expect(stderr).not.toContain('the-secret-token');
  });
});
