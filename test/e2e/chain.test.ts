import type { Alert, Page, SessionDetail, SessionView } from '@spoor/core';
import { describe, expect, test } from 'vitest';
import { type Connected, connect, SERVERS } from './host.ts';
import { until, World } from './support.ts';

/** As a person would start servers: directly, through a shell, through npx. */
const launchers: Readonly<Record<string, (words: string[]) => string[]>> = {
  directly: (words) => words,
  'through a shell': (words) => [
    'sh',
    '-c',
    `${words.map((word) => `'${word}'`).join(' ')}; exit $?`,
  ],
  'through env and nohup': (words) => ['env', 'A=1', 'nohup', ...words],
};

async function fourServers(
  world: World,
  ...flags: string[]
): Promise<Record<'crm' | 'memory' | 'sandbox' | 'drive', Connected>> {
  const [crm, memory, sandbox, drive] = await Promise.all([
    connect(world, 'crm', SERVERS.crm(), launchers.directly, ...flags),
    connect(world, 'memory', SERVERS.memory(), launchers['through a shell'], ...flags),
    connect(world, 'sandbox', SERVERS.sandbox(), launchers['through env and nohup'], ...flags),
    connect(world, 'drive', SERVERS.drive(), launchers['through a shell'], ...flags),
  ]);
  return { crm, memory, sandbox, drive };
}

/** The chain, with an unsuspicious call in between. */
async function playChain({
  crm,
  memory,
  sandbox,
  drive,
}: Awaited<ReturnType<typeof fourServers>>): Promise<{ isError: boolean; text: string }> {
  await crm.call('read_entitlements');
  const customers = await crm.call('query_customer_pii', {});
  await memory.call('create_entities', { entities: [] });
  const report = await sandbox.call('code_interpreter', {
    rows: customers.data.customers,
    code: 'take 3; select name,email,iban; format csv',
  });
  expect(report.isError).toBe(false);
  return drive.call('create_shareable_link', { name: 'report.csv', content: report.text });
}

describe('four wrappers of one host', () => {
  test('are one session, and the fourth call of the chain is denied', async () => {
    const world = new World();
    await world.hub('--mode', 'enforce');
    const servers = await fourServers(world);
    const last = await playChain(servers);
    expect(last.isError).toBe(true);
    const [caseId = ''] = /c-[a-z0-9]{10}/.exec(last.text) ?? [];
    expect(caseId).not.toBe('');

    const { rows } = await until(
      () => world.api<Page<SessionView>>('sessions'),
      (page) => page.rows.some(({ denied }) => denied === 1),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.servers.toSorted()).toEqual(['crm', 'drive', 'memory', 'sandbox']);
    const alerts = await world.api<Page<Alert>>('alerts');
    const alert = alerts.rows.find(({ rule }) => rule.id === 'pii-through-code-to-share');
    expect(alert).toMatchObject({ action: 'deny', case: caseId, rule: { level: 'critical' } });
    expect(alert?.detection.path.map(({ server }) => server).slice(-3)).toEqual([
      'crm',
      'sandbox',
      'drive',
    ]);

    const why = world.call('why', caseId);
    expect(why.code).toBe(0);
    expect(why.stdout).toContain('pii-through-code-to-share');

    const allowed = world.call('allow', caseId, '--once');
    expect(allowed.code).toBe(0);
    const again = await playChain(servers);
    expect(again.isError).toBe(false);
    const third = await playChain(servers);
    expect(third.isError).toBe(true);
    await Promise.all(Object.values(servers).map((server) => server.close()));
  }, 60_000);

  test('are only watched while observing: the call goes on and the would-be denial shows', async () => {
    const world = new World();
    await world.hub();
    const servers = await fourServers(world);
    expect((await playChain(servers)).isError).toBe(false);
    const { rows } = await until(
      () => world.api<Page<Alert>>('alerts'),
      (page) => page.rows.length > 0,
    );
    expect(rows.find(({ rule }) => rule.id === 'pii-through-code-to-share')).toMatchObject({
      action: 'allow',
      wanted: 'deny',
    });

    expect(world.call('enforce', 'on', '--rule', 'pii-through-code-to-share').code).toBe(0);
    expect((await playChain(servers)).isError).toBe(true);
    expect(world.call('enforce', 'off', '--rule', 'pii-through-code-to-share').code).toBe(0);
    expect((await playChain(servers)).isError).toBe(false);
    await Promise.all(Object.values(servers).map((server) => server.close()));
  }, 60_000);

  test('deny by --enforce on the command line alone', async () => {
    const world = new World();
    await world.hub();
    const servers = await fourServers(world, '--enforce');
    expect((await playChain(servers)).isError).toBe(true);
    await Promise.all(Object.values(servers).map((server) => server.close()));
  }, 60_000);
});

test('flows are drawn from results to arguments across servers', async () => {
  const world = new World();
  await world.hub();
  const servers = await fourServers(world);
  await playChain(servers);
  const [session] = (
    await until(
      () => world.api<Page<SessionView>>('sessions'),
      ({ rows }) => (rows[0]?.calls ?? 0) >= 5,
    )
  ).rows;
  const detail = await world.api<SessionDetail>(`sessions/${session?.id}`);
  const share = detail.observations.find(({ tool }) => tool?.name === 'create_shareable_link');
  const sources = share?.facts.flows.map(({ tool }) => tool) ?? [];
  expect(sources).toContain('code_interpreter');
  expect(share?.facts.request?.atoms).toEqual([]);
  await Promise.all(Object.values(servers).map((server) => server.close()));
}, 60_000);
