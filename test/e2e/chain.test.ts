import type { Alert, Page, SessionDetail, SessionView } from '@spoor/core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { ROOT } from '../repository.ts';
import { verifies } from '../verifies.ts';
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
  // Where the checkout is, `spoor` is what npx finds; the first two words are Node and its script.
  'through npx': ([, , ...words]) => [
    ...['sh', '-c', 'cd "$0" && exec npx --no -- spoor "$@"', ROOT],
    ...words,
  ],
};

async function fourServers(
  world: World,
  ...flags: string[]
): Promise<Record<'crm' | 'memory' | 'sandbox' | 'drive', Connected>> {
  const [crm, memory, sandbox, drive] = await Promise.all([
    connect(world, 'crm', SERVERS.crm(), launchers.directly, ...flags),
    connect(world, 'memory', SERVERS.memory(), launchers['through npx'], ...flags),
    connect(world, 'sandbox', SERVERS.sandbox(), launchers['through env and nohup'], ...flags),
    connect(world, 'drive', SERVERS.drive(), launchers['through a shell'], ...flags),
  ]);
  return { crm, memory, sandbox, drive };
}

/** The chain, with an unsuspicious call in between. */
async function playChain(
  { crm, memory, sandbox, drive }: Awaited<ReturnType<typeof fourServers>>,
  beforeLast: () => Promise<unknown> = async () => undefined,
): Promise<{ isError: boolean; text: string }> {
  await crm.call('read_entitlements');
  const customers = await crm.call('query_customer_pii', {});
  await memory.call('create_entities', { entities: [] });
  const report = await sandbox.call('code_interpreter', {
    rows: customers.data.customers,
    code: 'take 3; select name,email,iban; format csv',
  });
  expect(report.isError).toBe(false);
  await beforeLast();
  return drive.call('create_shareable_link', { name: 'report.csv', content: report.text });
}

describe('four wrappers of one host', () => {
  const ends: (() => Promise<void>)[] = [];
  let world: World;
  let servers: Awaited<ReturnType<typeof fourServers>>;
  let caseId = '';
  beforeAll(async () => {
    world = new World({}, (end) => ends.push(end));
    await world.hub('--mode', 'enforce');
    servers = await fourServers(world);
    const last = await playChain(servers);
    expect(last.isError).toBe(true);
    caseId = /c-[a-z0-9]{10}/.exec(last.text)?.[0] ?? '';
  });
  afterAll(async () => {
    await Promise.all(Object.values(servers).map((server) => server.close()));
    await Promise.all(ends.map((end) => end()));
  });

  verifies('session:four-wrappers', async () => {
    const { rows } = await until(
      () => world.api<Page<SessionView>>('sessions'),
      (page) => page.rows.some(({ denied }) => denied === 1),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.servers.toSorted()).toEqual(['crm', 'drive', 'memory', 'sandbox']);
  });

  verifies('session:chain-across-servers', async () => {
    const { rows } = await until(
      () => world.api<Page<Alert>>('alerts'),
      (page) => page.rows.some(({ rule }) => rule.id === 'pii-through-code-to-share'),
    );
    const alert = rows.find(({ rule }) => rule.id === 'pii-through-code-to-share');
    expect(alert).toMatchObject({ action: 'deny', case: caseId, rule: { level: 'critical' } });
    expect(alert?.detection.path.map(({ server }) => server).slice(-3)).toEqual([
      'crm',
      'sandbox',
      'drive',
    ]);
  });

  verifies('mode:enforce', async () => {
    const why = world.call('why', caseId);
    expect(why.code).toBe(0);
    expect(why.stdout).toContain('pii-through-code-to-share');
    // What the server never got is not among its files.
    expect((await servers.drive.call('list_files')).text).toBe('The drive is empty.');
  });

  verifies(
    'mode:allow-once',
    async () => {
      expect(world.call('allow', caseId, '--once').code).toBe(0);
      expect((await playChain(servers)).isError).toBe(false);
      expect((await playChain(servers)).isError).toBe(true);
    },
    { timeoutMs: 60_000 },
  );
});

describe('a chain', () => {
  verifies(
    'mode:observe',
    async () => {
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
    },
    { timeoutMs: 60_000 },
  );

  verifies(
    'mode:enforce',
    async () => {
      const world = new World();
      await world.hub();
      const servers = await fourServers(world, '--enforce');
      expect((await playChain(servers)).isError).toBe(true);
      await Promise.all(Object.values(servers).map((server) => server.close()));
    },
    { case: '--enforce on the command line alone', timeoutMs: 60_000 },
  );
});

verifies(
  'session:flows',
  async () => {
    const world = new World();
    await world.hub();
    const servers = await fourServers(world);
    const sessions = (calls: number): Promise<Page<SessionView>> =>
      until(
        () => world.api<Page<SessionView>>('sessions'),
        ({ rows }) => (rows[0]?.calls ?? 0) >= calls,
      );
    // What only runs code does not wait until its result is known; a model takes longer than that.
    const ended = async (): Promise<unknown> => {
      const id = (await sessions(4)).rows[0]?.id;
      return until(
        () => world.api<SessionDetail>(`sessions/${id}`),
        ({ observations }) => observations.every(({ outcome }) => outcome !== 'pending'),
      );
    };
    await playChain(servers, ended);
    const [session] = (await sessions(5)).rows;
    const detail = await world.api<SessionDetail>(`sessions/${session?.id}`);
    const share = detail.observations.find(({ tool }) => tool?.name === 'create_shareable_link');
    const sources = share?.facts.flows.map(({ tool }) => tool) ?? [];
    expect(sources).toContain('code_interpreter');
    expect(share?.facts.request?.atoms).toEqual([]);
    await Promise.all(Object.values(servers).map((server) => server.close()));
  },
  { timeoutMs: 60_000 },
);
