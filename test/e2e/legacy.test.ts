import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallDetail, HubView, Page, SessionDetail, SessionView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { SERVERS } from './host.ts';
import { LAUNCHER, NODE, until, World } from './support.ts';

verifies(
  'relay:transparent',
  async () => {
    const world = new World();
    await world.hub();
    const transport = new StdioClientTransport({
      command: NODE,
      args: [LAUNCHER, 'run', '--name', 'everything', '--', ...SERVERS.everything()],
      env: world.env,
      cwd: world.folder,
      stderr: 'ignore',
    });
    const client = new Client({ name: 'legacy-host', version: '1.0.0' });
    await client.connect(transport);
    expect(client.getServerVersion()?.name).toContain('everything');
    await client.listTools();
    const echoed = await client.callTool({ name: 'echo', arguments: { message: 'hello' } });
    expect(echoed.content).toEqual([{ type: 'text', text: 'Echo: hello' }]);
    const { resources } = await client.listResources();
    const [resource] = resources;
    const read = await client.readResource({ uri: resource?.uri ?? '' });
    expect(read.contents.length).toBeGreaterThan(0);
    const { prompts } = await client.listPrompts();
    const plain = prompts.find((prompt) => (prompt.arguments ?? []).length === 0);
    await client.getPrompt({ name: plain?.name ?? '' });
    await client.close();

    const { rows } = await until(
      () => world.api<Page<SessionView>>('sessions'),
      (page) => (page.rows[0]?.calls ?? 0) >= 3,
    );
    const detail = await until(
      () => world.api<SessionDetail>(`sessions/${rows[0]?.id}`),
      ({ observations }) =>
        observations.length >= 6 && observations.every(({ outcome }) => outcome !== 'pending'),
    );
    const kinds = detail.observations.map(({ kind }) => kind);
    expect(kinds).toEqual([
      ...['tool.list', 'tool.call', 'resource.list', 'resource.read', 'prompt.list', 'prompt.get'],
    ]);
    expect((await world.api<HubView>('hub')).counts.notWritten).toBe(0);
    // Every one of them is in the ledger, a call with its request and its result.
    for (const { id, kind } of detail.observations) {
      const { ledger } = await world.api<CallDetail>(`calls/${id}`);
      const wanted = ['call.request', kind === 'tool.list' ? 'definitions' : 'call.result'];
      expect(ledger.map((entry) => entry.kind)).toEqual(wanted);
    }
  },
  { case: 'a client of the first SDK, all kinds of calls', timeoutMs: 60_000 },
);
