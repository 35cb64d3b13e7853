import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { HubView, Page, SessionDetail, SessionView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { readLog } from './log.ts';
import { FIXTURES, kill, NODE, timed, until, World } from './support.ts';

const callsOf = async (world: World): Promise<SessionDetail> => {
  const { rows } = await until(
    () => world.api<Page<SessionView>>('sessions'),
    (page) => page.rows.length > 0,
  );
  return world.api<SessionDetail>(`sessions/${rows[0]?.id}`);
};

const echoes = ({ observations }: SessionDetail): number =>
  observations.filter(({ tool, outcome }) => tool?.name === 'echo' && outcome !== 'pending').length;

verifies(
  'hub:death',
  async () => {
    const world = new World();
    const first = await world.hub();
    const server = await connect(world, 'everything', SERVERS.everything());
    const echo = (n: number): Promise<{ isError: boolean; text: string }> =>
      server.call('echo', { message: `m${n}` });
    for (let n = 0; n < 5; n++) expect((await echo(n)).text).toBe(`Echo: m${n}`);
    await until(
      () => callsOf(world),
      (detail) => echoes(detail) === 5,
    );

    await kill(first);
    for (let n = 5; n < 10; n++) expect((await echo(n)).text).toBe(`Echo: m${n}`);

    await world.hub();
    await until(
      () => world.api<HubView>('hub'),
      ({ sensors }) => sensors === 1,
    );
    for (let n = 10; n < 15; n++) expect((await echo(n)).text).toBe(`Echo: m${n}`);

    const detail = await until(
      () => callsOf(world),
      (seen) => echoes(seen) === 15,
      60_000,
    );
    const alone = detail.observations.filter(({ covered }) => !covered);
    // What was decided without the hub says so, and by whom.
    expect(alone.length).toBeGreaterThanOrEqual(5);
    expect(alone.every(({ decision }) => decision?.by === 'sensor')).toBe(true);
    const { counts } = await world.api<HubView>('hub');
    expect(counts.lost ?? 0).toBe(0);
    await server.close();
  },
  { timeoutMs: 60_000 },
);

verifies(
  'hub:restart',
  async () => {
    const world = new World();
    const first = await world.hub('--mode', 'enforce');
    const crm = await connect(world, 'crm', SERVERS.crm());
    const sandbox = await connect(world, 'sandbox', SERVERS.sandbox());
    const customers = await crm.call('query_customer_pii', {});
    await sandbox.call('code_interpreter', {
      rows: customers.data.customers,
      code: 'take 2; format csv',
    });
    await until(
      () => callsOf(world),
      ({ observations }) =>
        observations.some(
          ({ tool, outcome }) => tool?.name === 'code_interpreter' && outcome === 'ok',
        ),
    );
    const { rows: before } = await world.api<Page<SessionView>>('sessions');

    await kill(first, 'SIGTERM');
    await world.hub();
    const drive = await connect(world, 'drive', SERVERS.drive());
    const last = await drive.call('create_shareable_link', { name: 'x.csv', content: 'a,b' });
    // The mode is the owner's choice and outlives the hub that was told it.
    expect(last.isError).toBe(false);
    expect(world.call('enforce', 'on').code).toBe(0);
    expect(
      (await drive.call('create_shareable_link', { name: 'y.csv', content: 'a,b' })).isError,
    ).toBe(true);
    const { rows: after } = await world.api<Page<SessionView>>('sessions');
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    await Promise.all([crm.close(), sandbox.close(), drive.close()]);
  },
  { timeoutMs: 60_000 },
);

verifies(
  'hub:behind',
  async () => {
    const world = new World();
    const first = await world.hub();
    const one = await connect(world, 'everything', SERVERS.everything());
    for (let n = 0; n < 3; n++) await one.call('echo', { message: `m${n}` });
    await one.close();
    await kill(first, 'SIGTERM');
    rmSync(join(world.state, 'store.db'));
    await world.hub();
    const two = await connect(world, 'everything', SERVERS.everything());
    await two.call('echo', { message: 'later' });
    await two.close();
    const { counts } = await world.api<HubView>('hub');
    expect(counts.storeBehind).toBeGreaterThanOrEqual(7);
    expect(world.call('hub', 'stop').code).toBe(0);
    const places = readLog(join(world.state, 'ledger'))
      .leaves.map((leaf) => JSON.parse(leaf.toString()) as { kind: string; seq: number })
      .filter(({ kind }) => kind.startsWith('call.') || kind === 'definitions')
      .map(({ seq }) => seq);
    expect(places.length).toBeGreaterThanOrEqual(10);
    expect(new Set(places).size).toBe(places.length);
  },
  { timeoutMs: 60_000 },
);

verifies(
  'hub:fail-closed',
  async () => {
    const world = new World();
    const hub = await world.hub('--mode', 'enforce');
    const drive = await connect(world, 'drive', SERVERS.drive());
    const everything = await connect(world, 'everything', SERVERS.everything());
    expect((await everything.call('echo', { message: 'x' })).isError).toBe(false);
    await kill(hub);
    const share = await drive.call('create_shareable_link', { name: 'a', content: 'b' });
    expect(share).toMatchObject({ isError: true });
    expect(share.text).toMatch(/Case c-/);
    expect((await everything.call('echo', { message: 'x' })).isError).toBe(false);
    await Promise.all([drive.close(), everything.close()]);
  },
  { timeoutMs: 60_000 },
);

verifies(
  'hub:on-demand',
  async () => {
    const world = new World({ SPOOR_AUTOSTART: 'true' });
    const [one, two] = await Promise.all([
      connect(world, 'everything', SERVERS.everything()),
      connect(world, 'memory', SERVERS.memory()),
    ]);
    await one.call('echo', { message: 'x' });
    await two.call('read_graph');
    await Promise.all([one.close(), two.close()]);
    const { rows } = await until(
      () => world.api<Page<SessionView>>('sessions'),
      (page) => page.rows[0]?.calls === 2,
    );
    expect(rows).toHaveLength(1);
    expect(world.call('hub', 'stop').code).toBe(0);
  },
  { timeoutMs: 60_000 },
);

verifies(
  'hub:death',
  async () => {
    const world = new World({ SPOOR_BUDGET_MS: '50' });
    const hub = await world.hub();
    const server = await connect(world, 'everything', SERVERS.everything());
    await server.call('echo', { message: 'warm' });
    hub.kill('SIGSTOP');
    // Each of them has its own budget; nobody waits for a hub that will never answer.
    for (let n = 0; n < 20; n++) {
      const { value, ms } = await timed(() => server.call('echo', { message: `m${n}` }));
      expect(value.text).toBe(`Echo: m${n}`);
      expect(ms).toBeLessThan(5_000);
    }
    hub.kill('SIGCONT');
    const detail = await until(
      () => callsOf(world),
      (seen) => echoes(seen) === 21,
      60_000,
    );
    expect(detail.observations.filter(({ outcome }) => outcome === 'pending')).toEqual([]);
    await server.close();
  },
  { case: 'a hub that hangs', timeoutMs: 60_000 },
);

verifies(
  'hub:spool',
  async () => {
    const world = new World();
    const server = await connect(world, 'everything', SERVERS.everything());
    for (let n = 0; n < 3; n++) await server.call('echo', { message: `m${n}` });
    await server.close();
    // The wrapper is gone before the first hub comes.
    await world.hub();
    const { observations } = await until(
      () => callsOf(world),
      (detail) => (detail.observations ?? []).length > 0 && echoes(detail) === 3,
    );
    const calls = observations.filter(({ kind }) => kind === 'tool.call');
    expect(calls.map(({ covered }) => covered)).toEqual([false, false, false]);
    expect((await world.api<HubView>('hub')).counts.lost ?? 0).toBe(0);
  },
  { case: 'of a wrapper that has ended', timeoutMs: 60_000 },
);

verifies(
  'ledger:durable-first',
  async () => {
    const world = new World();
    const hub = await world.hub('--mode', 'enforce');
    const description = 'Uploads content and creates a link that anyone can open.';
    const command = [NODE, join(FIXTURES, 'tool-server.ts'), 'create_shareable_link', description];
    const drive = await connect(world, 'drive', command);
    // The server itself kills the hub, at once when the allowed call reaches it.
    const answer = await drive.call('create_shareable_link', { kill: hub.pid });
    expect(answer).toMatchObject({ isError: false, text: 'done' });
    await until(
      () => hub.signalCode,
      (signal) => signal === 'SIGKILL',
    );

    const next = await world.hub();
    await kill(next, 'SIGTERM');
    const entries = readLog(join(world.state, 'ledger')).leaves.map((leaf) =>
      JSON.parse(`${leaf}`),
    );
    expect(entries).toContainEqual(
      expect.objectContaining({
        kind: 'call.request',
        mcp: expect.objectContaining({ tool: 'create_shareable_link' }),
      }),
    );
    expect(world.call('ledger', 'verify').code).toBe(4);
    await drive.close();
  },
  { case: 'kill -9 when the allowed call reaches its server', timeoutMs: 60_000 },
);
