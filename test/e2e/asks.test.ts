import { Client } from '@modelcontextprotocol/client';
import type { Alert, Page, SessionDetail } from '@spoor/core';
import { expect } from 'vitest';
import { FIXTURE } from '../conformance/compare.ts';
import { verifies } from '../verifies.ts';
import { type Connected, connectClient, SERVERS } from './host.ts';
import { LAUNCHER, NODE, until, World } from './support.ts';

type Era = 'legacy' | { readonly pin: string };

/** A client whose model answers every request for a sample. */
async function sampling(world: World, era: Era, server: readonly string[]): Promise<Connected> {
  const client = new Client(
    { name: 'test-host', version: '1.0.0' },
    { capabilities: { sampling: {} }, versionNegotiation: { mode: era } },
  );
  client.setRequestHandler('sampling/createMessage', () => ({
    model: 'none',
    role: 'assistant',
    content: { type: 'text', text: 'Paris, says the model' },
  }));
  return connectClient(client, world, [NODE, LAUNCHER, 'run', '--name', 'asker', '--', ...server]);
}

/** The alert, and the call that it happened in. */
async function seen(world: World): Promise<void> {
  const { rows } = await until(
    () => world.api<Page<Alert>>('alerts'),
    (page) => page.rows.length > 0,
  );
  expect(rows.map(({ rule }) => rule.id)).toEqual(['server-asks-model']);
  const { observations } = await until(
    () => world.api<SessionDetail>(`sessions/${rows[0]?.session}`),
    (detail) => detail.observations?.some(({ kind }) => kind === 'sampling.request') === true,
  );
  const asked = observations.find(({ kind }) => kind === 'sampling.request');
  const around = observations.find(({ kind }) => kind === 'tool.call');
  expect(asked?.cause).toMatchObject({ kind: 'server', parent: around?.id });
}

verifies(
  'detect:server-asks-model',
  async () => {
    const world = new World();
    await world.hub();
    const server = await sampling(world, 'legacy', SERVERS.everything());
    const { text } = await server.call('trigger-sampling-request', { prompt: 'Capital?' });
    expect(text).toContain('says the model');
    await seen(world);
    await server.close();
  },
  { case: 'a legacy request of an official server', timeoutMs: 60_000 },
);

verifies(
  'detect:server-asks-model',
  async () => {
    const world = new World();
    await world.hub();
    const server = await sampling(world, { pin: '2026-07-28' }, FIXTURE);
    const { text } = await server.call('test_input_required_result_sampling');
    expect(text).toBe('state-ok');
    await seen(world);
    await server.close();
  },
  { case: 'a modern result that needs input', timeoutMs: 60_000 },
);
