import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport, McpServer } from '@modelcontextprotocol/server';
import type { Alert, CallDetail, HubView, Page, SessionDetail, SessionView } from '@spoor/core';
import { counts, type HubOptions, instrument, withIntent } from '@spoor/instrument';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { type Connected, connectClient, SERVERS } from './host.ts';
import { kill, timed, until, World } from './support.ts';

/** A real client in this process, instrumented and joined to the hub; its server runs bare. */
function joined(
  world: World,
  name: string,
  server: readonly string[],
  more: HubOptions = {},
): Promise<Connected> {
  const client = new Client({ name: 'agent', version: '1' });
  return connectClient(
    instrument(client, { name, hub: { home: world.state, ...more } }),
    world,
    server,
  );
}

async function chain(world: World): Promise<{ isError: boolean; text: string }> {
  const crm = await joined(world, 'crm', SERVERS.crm());
  const sandbox = await joined(world, 'sandbox', SERVERS.sandbox());
  const drive = await joined(world, 'drive', SERVERS.drive());
  try {
    await Promise.all([crm, sandbox, drive].map(({ client }) => client.listTools()));
    const customers = await crm.call('query_customer_pii', {});
    const report = await sandbox.call('code_interpreter', {
      rows: customers.data.customers,
      code: 'take 3; select name,email,iban; format csv',
    });
    return await drive.call('create_shareable_link', { name: 'r.csv', content: report.text });
  } finally {
    await Promise.all([crm, sandbox, drive].map((server) => server.close()));
  }
}

verifies(
  'inprocess:hub',
  async () => {
    const world = new World();
    expect(world.call('keys', 'init', '--no-passphrase', '--out', world.folder).code).toBe(0);
    await world.hub('--mode', 'enforce');
    const last = await withIntent('Look at our customers', () => chain(world));
    expect(last).toMatchObject({
      isError: true,
      text: expect.stringMatching(/Case c-[a-z0-9]{10}/),
    });
    const { rows } = await until(
      () => world.api<Page<Alert>>('alerts'),
      (page) => page.rows.some(({ rule }) => rule.id === 'pii-through-code-to-share'),
    );
    const alert = rows.find(({ rule }) => rule.id === 'pii-through-code-to-share');
    expect(alert).toMatchObject({ action: 'deny' });
    const sessions = await world.api<Page<SessionView>>('sessions');
    expect(sessions.rows).toHaveLength(1);
    expect(sessions.rows[0]?.servers.toSorted()).toEqual(
      expect.arrayContaining(['crm', 'drive', 'sandbox']),
    );
    const { observations } = await world.api<SessionDetail>(`sessions/${sessions.rows[0]?.id}`);
    const read = observations.find(({ tool }) => tool?.name === 'query_customer_pii');
    expect(read?.facts.result?.classes.map((found) => found.class)).toContain('pii.email');
    expect(observations.some(({ kind }) => kind === 'intent')).toBe(true);
    // What was said lies sealed, and an auditor can read it.
    const call = await world.api<CallDetail>(`calls/${read?.id}`);
    const index = call.ledger.find(({ kind }) => kind === 'call.result')?.index;
    const identity = join(world.folder, 'spoor-auditor.age-identity');
    // The log is published every second.
    const opened = await until(
      () =>
        world.call('ledger', 'open', String(index), '--identity', identity, '--reason', 'a test'),
      ({ code }) => code === 0,
    );
    expect(opened.stdout).toContain('customers');
  },
  { case: 'a chain is decided, recorded and sealed', timeoutMs: 60_000 },
);

verifies(
  'inprocess:hub-gone',
  async () => {
    const world = new World();
    const hub = await world.hub();
    const crm = await joined(world, 'crm', SERVERS.crm());
    await crm.call('read_entitlements');
    await kill(hub);
    const [late, faults] = [counts.hubLost, counts.faults];
    for (let i = 0; i < 5; i++) {
      expect((await crm.call('read_entitlements')).isError).toBe(false);
    }
    expect(counts.hubLost).toBeGreaterThan(late);
    expect(counts.faults).toBe(faults);
    // A hub that comes back hears what it has missed, and that it has.
    await world.hub();
    await until(
      () => world.api<HubView>('hub'),
      (view) => (view.counts.lost ?? 0) > 0 && view.sensors > 0,
      60_000,
    );
    expect((await crm.call('read_entitlements')).isError).toBe(false);
    await crm.close();
  },
  { timeoutMs: 60_000 },
);

verifies(
  'inprocess:hub-gone',
  async () => {
    const world = new World();
    const drive = await joined(world, 'drive', SERVERS.drive(), { mode: 'enforce' });
    const crm = await joined(world, 'crm', SERVERS.crm());
    const share = { name: 'a', content: 'b' };
    expect((await drive.call('create_shareable_link', share)).isError).toBe(true);
    expect((await crm.call('read_entitlements')).isError).toBe(false);
    await Promise.all([drive.close(), crm.close()]);
  },
  { case: 'never there: denied in enforce, and only there', timeoutMs: 60_000 },
);

verifies(
  'inprocess:hub-gone',
  async () => {
    const world = new World({ SPOOR_BUDGET_MS: '50' });
    const hub = await world.hub();
    const crm = await joined(world, 'crm', SERVERS.crm());
    const five = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) await crm.call('read_entitlements');
    };
    const usually = await timed(five);
    hub.kill('SIGSTOP');
    const silent = await timed(five);
    // Five times the budget at most, and what the machine needs.
    expect(silent.ms).toBeLessThan(1_500 + 10 * usually.ms);
    hub.kill('SIGCONT');
    await crm.close();
  },
  { case: 'there and silent: a call waits for its budget and no longer', timeoutMs: 60_000 },
);

verifies(
  'inprocess:hub',
  async () => {
    const world = new World();
    const server = new McpServer({ name: 'notes', version: '1' });
    let handled = 0;
    const handler = (): { content: [] } => {
      handled += 1;
      return { content: [] };
    };
    server.registerTool('delete_all_notes', { description: 'Deletes all notes' }, handler);
    // No hub is where this one looks, and denials are real.
    const nowhere = join(world.folder, 'nowhere');
    instrument(server, { hub: { home: nowhere, mode: 'enforce' } });
    const [near, far] = InMemoryTransport.createLinkedPair();
    await server.connect(far);
    const client = new Client({ name: 'c', version: '1' });
    await client.connect(near);
    const denied = await client.callTool({ name: 'delete_all_notes' });
    expect(denied).toMatchObject({ isError: true });
    expect(handled).toBe(0);
    await client.close();
  },
  { case: 'a server denies before its handler', timeoutMs: 60_000 },
);
