import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import type { Page, SessionDetail, SessionView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connectClient } from './host.ts';
import { toolServer } from './http-servers.ts';
import { FIXTURES, LAUNCHER, NODE, until, World } from './support.ts';

const REGISTER = fileURLToPath(
  new URL('../../packages/instrument/src/register.ts', import.meta.url),
);

/** Servers of the calls that the hub has written down, when there are so many. */
async function calledServers(world: World, calls: number): Promise<string[]> {
  const { rows } = await until(
    () => world.api<Page<SessionView>>('sessions'),
    (page) => page.rows.reduce((sum, row) => sum + row.calls, 0) >= calls,
  );
  const details = await Promise.all(
    rows.map(({ id }) => world.api<SessionDetail>(`sessions/${id}`)),
  );
  const all = details.flatMap(({ observations }) => observations);
  return all.flatMap(({ kind, server }) => (kind === 'tool.call' ? [server.name] : [])).sort();
}

async function callOnce(world: World, ...words: string[]): Promise<void> {
  const client = new Client({ name: 'host', version: '1.0.0' });
  const command = [NODE, LAUNCHER, 'run', '--name', 'wrapped', ...words];
  const one = await connectClient(client, world, command);
  await one.call('look', { a: 1 });
  await one.close();
}

verifies(
  'hub:both-ends',
  async () => {
    const world = new World();
    await world.hub();
    const server = [NODE, `--import=${REGISTER}`, `${FIXTURES}/tool-server.ts`, 'look', 'Looks.'];
    await callOnce(world, '--', ...server);
    expect(await calledServers(world, 1)).toEqual(['wrapped']);
  },
  { case: 'a wrapped server that would join by its environment is seen once', timeoutMs: 60_000 },
);

verifies(
  'hub:both-ends',
  async () => {
    const world = new World();
    await world.hub();
    world.env.NODE_OPTIONS = `--import=${REGISTER}`;
    const { url } = await toolServer(world, 'look', 'Looks.');
    world.env.NODE_OPTIONS = '';
    await callOnce(world, '--url', url);
    expect(await calledServers(world, 2)).toEqual(['http-tools', 'wrapped']);
  },
  {
    case: 'a server elsewhere that has joined by itself is seen by its own name, too',
    timeoutMs: 60_000,
  },
);
