import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { maskText } from '@spoor/detect';
import {
  type Caller,
  createLog,
  DEFAULT_PERMISSIONS,
  type Deployment,
  Library,
  type QueryOptions,
  QueryServer,
} from '../../src/index.ts';
import type { TraceReader } from '../../src/reader.ts';
import { NOW_MS } from './spans.ts';

export const CALLER: Caller = { id: 'local', permissions: new Set(DEFAULT_PERMISSIONS) };

export const FULL: Caller = {
  id: 'local',
  permissions: new Set([...DEFAULT_PERMISSIONS, 'content']),
};

export const deploymentOf = (reader: TraceReader): Deployment => ({
  name: 'main',
  reader,
  tenant: '0:0',
  tenants: [],
});

export const queryServer = (
  deployments: readonly Deployment[],
  more: Partial<QueryOptions> = {},
): QueryServer =>
  new QueryServer({
    version: '0.0.0',
    deployments,
    masker: { mask: maskText },
    library: new Library([]),
    log: createLog(
      'text',
      'error',
      () => undefined,
      () => new Date(0),
    ),
    nowMs: () => NOW_MS,
    disabled: new Set(),
    ...more,
  });

/** A real client, connected within this process. */
export async function connected(server: QueryServer, caller: Caller = CALLER): Promise<Client> {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'test', version: '0.0.0' });
  await server.serve(caller).connect(far);
  await client.connect(near);
  return client;
}

export interface Result {
  readonly text: string;
  readonly data: Record<string, unknown>;
  readonly isError: boolean;
}

export async function call(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<Result> {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: args });
  const text = content.map((one) => (one.type === 'text' ? one.text : '')).join('\n');
  const data = (structuredContent ?? {}) as Record<string, unknown>;
  return { text, data, isError: isError === true };
}
