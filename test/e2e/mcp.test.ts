import { Client } from '@modelcontextprotocol/client';
import type { Observation, Page, SessionDetail, SessionView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { type Connected, connect, connectClient, SERVERS } from './host.ts';
import { LAUNCHER, NODE, until, World } from './support.ts';

const assistantOf = (world: World): Promise<Connected> =>
  connectClient(
    new Client({ name: 'assistant', version: '1' }, { versionNegotiation: { mode: 'auto' } }),
    world,
    [NODE, LAUNCHER, 'mcp'],
  );

interface Row {
  readonly id: string;
  readonly session?: string;
  readonly ledger_index?: number;
}

const rowsOf = (answer: { readonly data: Readonly<Record<string, unknown>> }, key: string): Row[] =>
  answer.data[key] as Row[];

async function leak(world: World): Promise<void> {
  const crm = await connect(world, 'crm', SERVERS.crm());
  const drive = await connect(world, 'drive', SERVERS.drive());
  const { data } = await crm.call('query_customer_pii', {});
  const share = { name: 'list', content: JSON.stringify(data) };
  expect((await drive.call('create_shareable_link', share)).isError).toBe(true);
  await Promise.all([crm.close(), drive.close()]);
}

verifies(
  'query:evidence',
  async () => {
    const world = new World();
    await world.hub('--mode', 'enforce');
    await leak(world);
    const assistant = await assistantOf(world);
    const alerts = await until(
      () => assistant.call('alerts'),
      (answer) => rowsOf(answer, 'alerts').length > 0,
    );
    const [first] = rowsOf(alerts, 'alerts');
    expect(first).toMatchObject({ rule: 'data-access-then-egress', action: 'deny' });
    const alert = await assistant.call('alert', { alert: first?.id });
    expect(alert.data).toMatchObject({
      path: [{ tool: 'create_shareable_link' }],
    });
    const session = first?.session ?? '';
    const graph = await assistant.call('session_graph', { session });
    const nodes = graph.data.nodes as { tool?: string; trace_id: string; decision?: string }[];
    const denied = nodes.find(({ tool }) => tool === 'create_shareable_link');
    expect(denied).toMatchObject({ outcome: 'denied', decision: 'deny', flows: [{}] });
    const trace = await assistant.call('trace', { trace_id: denied?.trace_id, tenant: '0:0' });
    expect(trace.text).toContain('"tools/call create_shareable_link"');
    expect((await assistant.call('services')).data).toMatchObject({
      names: ['crm', 'drive', 'spoor'],
    });

    const index = alert.data.ledger_index;
    const entry = await until(
      () => assistant.call('verify_entry', { index }),
      ({ isError }) => !isError,
    );
    expect(entry.data).toMatchObject({ index, state: 'proved', witness: 'off' });
    const chain = await assistant.call('find_chain', { steps: ['reads-pii', 'shares-externally'] });
    expect(chain.text).toContain('"asked-chain" 1 hits');
    const rule = 'data-access-then-egress';
    expect((await assistant.call('backtest', { rule })).data).toMatchObject({
      rules: [{ id: rule, hits: 1 }],
    });
    expect((await assistant.call('rules')).text).toContain(rule);
    expect((await assistant.call('tool_inventory')).text).toContain('"crm/query_customer_pii"');
    expect(rowsOf(await assistant.call('sessions'), 'sessions').length).toBeGreaterThan(0);
    expect((await assistant.call('dependencies')).text).toMatch(/^BACKEND_CANNOT: /);
    expect((await assistant.call('alert', { alert: '../sessions' })).isError).toBe(true);
    const found = await assistant.call('documentation', { query: 'gateway authorization' });
    expect(found.text).toContain('docs://spoor/gateway.md#');
    await assistant.close();

    const own = await until(
      () => ownCalls(world),
      (calls) => calls.some(({ tool, outcome }) => tool?.name === 'alerts' && outcome === 'ok'),
    );
    expect(own.every(({ ledger }) => ledger !== undefined)).toBe(true);
  },
  { timeoutMs: 120_000 },
);

/** Calls of the query server itself, as the hub has them. */
async function ownCalls(world: World): Promise<readonly Observation[]> {
  const { rows } = await world.api<Page<SessionView>>('sessions');
  const details = await Promise.all(
    rows.map(({ id }) => world.api<SessionDetail>(`sessions/${id}`)),
  );
  return details
    .flatMap(({ observations }) => observations)
    .filter(({ server, kind }) => server.name === 'spoor' && kind === 'tool.call');
}
