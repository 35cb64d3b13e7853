import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, SensorView, SessionDetail, SessionView } from '@spoor/core';
import { expect, onTestFinished } from 'vitest';
import { verifies } from '../verifies.ts';
import { type Connected, connect, SERVERS } from './host.ts';
import { enrol, twoMachines } from './machines.ts';
import { ending, kill, until, type World } from './support.ts';

async function server(world: World, name: 'crm' | 'sandbox' | 'drive'): Promise<Connected> {
  const connected = await connect(world, name, SERVERS[name]());
  onTestFinished(() => connected.close());
  return connected;
}

/** Reads customers, makes a file of them and shares it; true where the last step was denied. */
async function chain(world: World): Promise<boolean> {
  const [crm, sandbox, drive] = await Promise.all([
    server(world, 'crm'),
    server(world, 'sandbox'),
    server(world, 'drive'),
  ]);
  await crm.call('read_entitlements');
  const customers = await crm.call('query_customer_pii', {});
  const report = await sandbox.call('code_interpreter', {
    rows: customers.data.customers,
    code: 'take 3; select name,email,iban; format csv',
  });
  const shared = { name: 'report.csv', content: report.text };
  return (await drive.call('create_shareable_link', shared)).isError;
}

const ledgerText = (world: World): string =>
  readdirSync(join(world.state, 'ledger'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(world.state, 'ledger', name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => readFileSync(path, 'latin1'))
    .join();

const sessions = async (world: World): Promise<SessionDetail[]> => {
  const { rows } = await world.api<Page<SessionView>>('sessions');
  return Promise.all(rows.map(({ id }) => world.api<SessionDetail>(`sessions/${id}`)));
};

const toolNames = async (world: World): Promise<string[]> =>
  (await sessions(world))
    .flatMap(({ observations }) => observations)
    .flatMap(({ tool }) => tool?.name ?? [])
    .toSorted();

verifies(
  'enrol:elsewhere',
  async () => {
    const { hub, there } = await twoMachines();
    await enrol(hub, there, 'laptop');
    expect(statSync(join(there.state, 'enrolment.json')).mode % 0o1000).toBe(0o600);
    expect(await chain(there)).toBe(true);
    const [one, ...others] = await until(
      () => sessions(hub),
      (all) => all.some(({ session }) => session.denied === 1),
    );
    expect(others).toEqual([]);
    expect(one?.session.servers.toSorted()).toEqual([
      'crm@laptop',
      'drive@laptop',
      'sandbox@laptop',
    ]);
    const [call] = one?.observations ?? [];
    expect(call).toMatchObject({ node: 'laptop' });
    expect(call?.principal).toMatchObject({
      level: 'unverified',
      evidence: ['enrolled', 'process'],
    });
    const [listed] = JSON.parse(hub.call('hub', 'sensors', '--json').stdout) as SensorView[];
    expect(listed).toMatchObject({ name: 'laptop', level: 'unverified', connections: 3 });
    expect(hub.call('hub', 'sensors').stdout).toMatch(/^laptop ○ unverified {2}3 connected/);
    expect(there.call('enrol').stderr).toContain('ENROLMENT_EXISTS');
  },
  { timeoutMs: 90_000 },
);

verifies(
  'enrol:apart',
  async () => {
    const { hub, there } = await twoMachines();
    await enrol(hub, there, 'laptop');
    // One process is the host of both, as if two machines had given the same number twice.
    const [here, far] = [await server(hub, 'crm'), await server(there, 'crm')];
    await here.call('query_customer_pii', {});
    await far.call('query_customer_pii', {});
    const found = await until(
      () => sessions(hub),
      (all) => all.length === 2 && all.every(({ session }) => session.calls > 0),
    );
    const servers = found.map(({ session }) => session.servers.join());
    expect(servers.toSorted()).toEqual(['crm', 'crm@laptop']);
  },
  { case: 'with one host process on both', timeoutMs: 90_000 },
);

verifies(
  'enrol:revoked',
  async () => {
    const { hub, there } = await twoMachines();
    await enrol(hub, there, 'laptop');
    const crm = await server(there, 'crm');
    expect((await crm.call('query_customer_pii', {})).isError).toBe(false);
    expect(hub.call('hub', 'revoke', 'laptop').code).toBe(0);
    await until(
      () => hub.api<{ sensors: number }>('hub'),
      ({ sensors }) => sensors === 0,
    );
    // Alone from now on, and not worse than without a hub.
    expect((await crm.call('read_entitlements')).isError).toBe(false);
    expect(hub.call('hub', 'revoke', 'laptop')).toMatchObject({ code: 1 });
    const written = ['"enrolCode":"laptop"', '"enrolled":"laptop"', '"revoked":"laptop"'];
    await until(
      () => ledgerText(hub),
      (log) => written.every((words) => log.includes(words)),
    );
  },
  { case: 'at work', timeoutMs: 90_000 },
);

verifies(
  'enrol:kept',
  async () => {
    const { hub, there, process, port } = await twoMachines();
    await enrol(hub, there, 'laptop');
    const crm = await server(there, 'crm');
    await crm.call('read_entitlements');
    // What a killed hub had not stored yet is in its ledger alone, and not what this is about.
    await until(
      () => toolNames(hub),
      (names) => names.length === 1,
    );
    await kill(process);
    await crm.call('query_customer_pii', {});
    await crm.call('read_entitlements');
    await hub.hub('--mode', 'enforce', '--remote-port', port);
    const names = await until(
      () => toolNames(hub),
      (all) => all.length >= 3,
      60_000,
    );
    expect(names).toEqual(['query_customer_pii', 'read_entitlements', 'read_entitlements']);
    expect(names.toSorted()).toEqual([
      'query_customer_pii',
      'read_entitlements',
      'read_entitlements',
    ]);
  },
  { timeoutMs: 120_000 },
);
verifies(
  'enrol:once',
  async () => {
    const { hub, there } = await twoMachines();
    const { stdout } = hub.call('hub', 'enrol-code', '--name', 'laptop');
    const file = join(there.folder, 'code');
    writeFileSync(file, `${stdout.trim().slice(0, -10)}\n`);
    const cut = there.call('enrol', '--code-file', file);
    expect(cut.code).toBe(77);
    expect(cut.stderr).toContain('ENROL_CODE_INVALID');
    expect(there.call('enrol', stdout.trim()).code).toBe(2);
    writeFileSync(file, stdout);
    expect(there.call('enrol', '--code-file', file).code).toBe(0);
    expect(there.call('enrol', '--replace', '--code-file', file).stderr).toContain(
      'ENROL_CODE_INVALID',
    );
  },
  { case: 'by the command', timeoutMs: 60_000 },
);

verifies(
  'enrol:elsewhere',
  async () => {
    const { hub, there } = await twoMachines();
    await enrol(hub, there, 'laptop');
    const hook = there.spoor('hook', 'claude-code');
    const event = {
      hook_event_name: 'UserPromptSubmit',
      session_id: 's1',
      prompt: 'read the report',
    };
    hook.stdin.end(JSON.stringify(event));
    expect(await ending(hook)).toMatchObject({ code: 0 });
    const found = await until(
      () => sessions(hub),
      (all) => all.flatMap(({ observations }) => observations).length > 0,
    );
    const [prompt] = found.flatMap(({ observations }) => observations);
    expect(prompt).toMatchObject({ kind: 'intent', node: 'laptop' });
  },
  { case: 'from a hook', timeoutMs: 60_000 },
);
