import type { HubView, Page, SessionDetail, SessionView } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { kill, type Piped, until, World } from './support.ts';

const joined = (world: World, count: number): Promise<HubView> =>
  until(
    () => world.api<HubView>('hub'),
    ({ sensors }) => sensors === count,
  );

/** At once, as the answer to a step arrives: the store has had no time to write it. */
async function killedBetween(world: World, hub: Piped, sensors: number): Promise<Piped> {
  await kill(hub);
  const next = await world.hub('--mode', 'enforce');
  await joined(world, sensors);
  return next;
}

verifies(
  'state:killed',
  async () => {
    const world = new World();
    let hub = await world.hub('--mode', 'enforce');
    const crm = await connect(world, 'crm', SERVERS.crm());
    const sandbox = await connect(world, 'sandbox', SERVERS.sandbox());
    const drive = await connect(world, 'drive', SERVERS.drive());
    await joined(world, 3);

    const customers = await crm.call('query_customer_pii', {});
    hub = await killedBetween(world, hub, 3);
    await sandbox.call('code_interpreter', {
      rows: customers.data.customers,
      code: 'take 2; format csv',
    });
    hub = await killedBetween(world, hub, 3);
    const share = await drive.call('create_shareable_link', { name: 'x.csv', content: 'a,b' });
    expect(share).toMatchObject({ isError: true });

    const calls = await until(
      async () => {
        const { rows } = await world.api<Page<SessionView>>('sessions');
        const details = rows.map(({ id }) => world.api<SessionDetail>(`sessions/${id}`));
        const [detail, ...others] = await Promise.all(details);
        expect(others).toEqual([]);
        return detail?.observations.filter(({ kind }) => kind === 'tool.call') ?? [];
      },
      (calls) => calls.length >= 3 && calls.every(({ outcome }) => outcome !== 'pending'),
    );
    expect(calls.map(({ tool, outcome }) => `${tool?.name} ${outcome}`)).toEqual([
      'query_customer_pii ok',
      'code_interpreter ok',
      'create_shareable_link denied',
    ]);
    // The hub knew: it was no sensor that, left alone, denied to be safe.
    expect(calls.at(-1)?.decision).toMatchObject({
      rule: 'pii-through-code-to-share',
      by: 'hub',
    });
    await Promise.all([crm.close(), sandbox.close(), drive.close()]);
  },
  { case: 'kill -9 after each step', timeoutMs: 60_000 },
);
