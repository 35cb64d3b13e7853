import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { HubView, Page, SessionDetail, SessionView, StopView } from '@spoor/core';
import { expect, onTestFinished } from 'vitest';
import { startBridge } from '../conformance/bridge.ts';
import { verifies } from '../verifies.ts';
import { type Connected, connect, SERVERS } from './host.ts';
import { firstLine, kill, NODE, type Piped, timed, until, World } from './support.ts';

/** A host of its own, so that this test is a person beside it. */
const HOST =
  "require('child_process').spawn(process.argv[1], process.argv.slice(2), {stdio: 'inherit'})";
const apart = (words: string[]): string[] => [NODE, '-e', HOST, ...words];

const TIMEOUT = { timeoutMs: 90_000 } as const;

async function sessionOf(world: World): Promise<string> {
  const { rows } = await until(
    () => world.api<Page<SessionView>>('sessions'),
    (page) => page.rows.length > 0,
  );
  return rows[0]?.id ?? '';
}

const stops = async (world: World): Promise<readonly StopView[]> =>
  (await world.api<{ rows: readonly StopView[] }>('stops')).rows;

interface Started {
  readonly world: World;
  readonly hub: Piped;
  readonly crm: Connected;
  readonly session: string;
}

async function start(): Promise<Started> {
  const world = new World();
  const hub = await world.hub('--mode', 'observe');
  const crm = await connect(world, 'crm', SERVERS.crm(), apart);
  expect((await read(crm)).isError).toBe(false);
  return { world, hub, crm, session: await sessionOf(world) };
}

const read = (server: Connected): ReturnType<Connected['call']> => server.call('read_entitlements');

verifies(
  'stop:denies',
  async () => {
    const { world, crm, session } = await start();
    const drive = await connect(world, 'drive', SERVERS.drive(), apart);
    const allowed = await timed(() => read(crm));
    expect(allowed.value.isError).toBe(false);
    const stop = world.call('stop', 'session', session, '--reason', 'looks wrong', '--json');
    expect(stop).toMatchObject({ code: 0 });
    const { case: caseId } = JSON.parse(stop.stdout) as StopView;
    const { value: denied, ms } = await timed(() => read(crm));
    expect(ms).toBeLessThan(1_000 + 10 * allowed.ms);
    expect(denied).toMatchObject({ isError: true });
    expect(denied.text).toBe(
      `This call was denied by the security policy of its user. Case ${caseId}.`,
    );
    expect((await drive.call('list_files')).isError).toBe(false);
    const listed = await until(
      () => world.call('stop', 'list').stdout,
      (text) => text.includes('1 calls denied'),
    );
    expect(listed).toContain(caseId);
    expect(listed).toContain('looks wrong');
    const why = await until(
      () => world.call('why', caseId),
      ({ code }) => code === 0,
    );
    expect(why.stdout).toContain('was stopped until somebody resumes it');
    expect(world.call('resume', caseId)).toMatchObject({ code: 0 });
    expect((await read(crm)).isError).toBe(false);
    expect(world.call('resume', caseId)).toMatchObject({ code: 1 });
    expect(world.call('stop', 'session', '019a0000-0000-7000-8000-000000000001').code).toBe(1);
    await Promise.all([crm.close(), drive.close()]);
  },
  { case: 'one session behind a wrapper, while observing', ...TIMEOUT },
);

verifies(
  'stop:denies',
  async () => {
    const { world, crm } = await start();
    const drive = await connect(world, 'drive', SERVERS.drive(), apart);
    expect((await drive.call('list_files')).isError).toBe(false);
    for (const [words, stopped] of [
      [
        ['server', 'drive'],
        [false, true],
      ],
      [['--all'], [true, true]],
    ] as const) {
      expect(world.call('stop', ...words).code).toBe(0);
      const got = [(await read(crm)).isError, (await drive.call('list_files')).isError];
      expect(got).toEqual(stopped);
      expect(world.call('resume', '--all').code).toBe(0);
    }
    expect((await read(crm)).isError).toBe(false);
    expect(world.call('stop', 'principal', await principalOf(world)).code).toBe(0);
    const got = [(await read(crm)).isError, (await drive.call('list_files')).isError];
    expect(got).toContain(true);
    await Promise.all([crm.close(), drive.close()]);
  },
  { case: 'a server, everything, a principal', ...TIMEOUT },
);

async function principalOf(world: World): Promise<string> {
  const { observations } = await world.api<SessionDetail>(`sessions/${await sessionOf(world)}`);
  return observations[0]?.principal.pseudonym ?? '';
}

verifies(
  'stop:denies',
  async () => {
    const world = new World();
    await world.hub('--mode', 'observe');
    const bridge = await startBridge(SERVERS.drive());
    onTestFinished(() => bridge.close());
    const words = ['gateway', '--port', '0', '--name', 'drive', '--url', bridge.url];
    const url = (await firstLine(world.spoor(...words))).replace(/^.* listening on /, '');
    const client = async (): Promise<Client> => {
      const one = new Client({ name: 'http-host', version: '1.0.0' });
      await one.connect(new StreamableHTTPClientTransport(new URL(url)));
      onTestFinished(() => one.close());
      return one;
    };
    const first = await client();
    const list = { name: 'list_files', arguments: {} };
    expect((await first.callTool(list)).isError).not.toBe(true);
    const session = await sessionOf(world);
    expect(world.call('stop', 'session', session).code).toBe(0);
    expect((await first.callTool(list)).isError).toBe(true);
    // Another session of the protocol is no other client.
    const second = await client();
    expect((await second.callTool(list)).isError).toBe(true);
  },
  { case: 'through the gateway, and again in a new session of the protocol', ...TIMEOUT },
);

verifies(
  'stop:survives',
  async () => {
    const { world, hub, crm, session } = await start();
    expect(world.call('stop', 'session', session).code).toBe(0);
    await kill(hub);
    expect(await read(crm)).toMatchObject({ isError: true });
    // Of another host, which nobody has stopped.
    const late = await connect(world, 'late', SERVERS.crm(), apart);
    expect((await read(late)).isError).toBe(false);
    await world.hub('--mode', 'observe');
    await until(
      () => world.api<HubView>('hub'),
      ({ sensors }) => sensors === 2,
    );
    expect(await stops(world)).toMatchObject([{ kind: 'session', value: session }]);
    expect(await read(crm)).toMatchObject({ isError: true });
    await Promise.all([crm.close(), late.close()]);
  },
  { case: 'a hub that is killed', ...TIMEOUT },
);

verifies(
  'stop:survives',
  async () => {
    const world = new World();
    const hub = await world.hub('--mode', 'observe');
    expect(world.call('stop', 'server', 'crm').code).toBe(0);
    await kill(hub);
    const crm = await connect(world, 'crm', SERVERS.crm());
    expect(await read(crm)).toMatchObject({ isError: true });
    const other = await connect(world, 'other', SERVERS.crm());
    expect(await read(other)).toMatchObject({ isError: false });
    await Promise.all([crm.close(), other.close()]);
  },
  { case: 'a wrapper that starts without a hub', ...TIMEOUT },
);

verifies(
  'stop:bypass',
  async () => {
    const { world, crm, session } = await start();
    expect(world.call('stop', 'session', session).code).toBe(0);
    const { client } = crm;
    const refused = { code: -31_403 };
    const [file] = await Promise.allSettled([client.readResource({ uri: 'file:///etc/passwd' })]);
    expect(file).toMatchObject({ status: 'rejected', reason: refused });
    const complete = client.complete({
      ref: { type: 'ref/prompt', name: 'x' },
      argument: { name: 'y', value: 'a secret' },
    });
    await expect(complete).rejects.toThrow();
    await expect(client.ping()).resolves.toBeDefined();
    await expect(client.listTools()).resolves.toBeDefined();
    await crm.close();
  },
  { case: 'other methods', ...TIMEOUT },
);

verifies(
  'stop:bypass',
  async () => {
    const world = new World();
    await world.hub('--mode', 'observe');
    // This process is the host of both; the second is begun after the stop, the third by a child.
    const crm = await connect(world, 'crm', SERVERS.crm());
    expect((await read(crm)).isError).toBe(false);
    expect(world.call('stop', 'session', await sessionOf(world)).code).toBe(0);
    const again = await connect(world, 'again', SERVERS.crm());
    expect((await read(again)).isError).toBe(true);
    const child = await connect(world, 'child', SERVERS.crm(), apart);
    expect((await read(child)).isError).toBe(true);
    const [{ case: caseId } = { case: '' }] = await stops(world);
    const within = world.call('resume', caseId);
    expect(within.code).toBe(1);
    expect(within.stderr).toContain('APPROVER_NOT_INDEPENDENT');
    expect((await read(crm)).isError).toBe(true);
    await Promise.all([crm.close(), again.close(), child.close()]);
  },
  { case: 'a wrapper begun anew, one below a child, and an agent that resumes itself', ...TIMEOUT },
);

verifies(
  'stop:recorded',
  async () => {
    const { world, crm, session } = await start();
    const said = ['--reason', 'on call'];
    const { stdout } = world.call('stop', 'session', session, ...said, '--json');
    const { case: caseId } = JSON.parse(stdout) as StopView;
    await read(crm);
    expect(world.call('resume', caseId, '--reason', 'it was a test').code).toBe(0);
    await crm.close();
    const entries = await until(
      () => leaves(world),
      (all) =>
        all.some(({ detail }) => detail?.resume !== undefined) &&
        all.filter(({ decision }) => decision?.reason === 'stopped').length >= 2,
    );
    expect(entries.filter(({ detail }) => detail?.case === caseId)).toMatchObject([
      { kind: 'config.changed', session, detail: { stop: 'session', reason: ['on', 'call'] } },
      {
        kind: 'config.changed',
        session,
        detail: { resume: 'session', reason: ['it', 'was', 'a', 'test'] },
      },
    ]);
    expect(entries.find(({ detail }) => detail?.stop !== undefined)?.detail?.by).toMatch(/^cli:/);
    const denied = entries.filter(({ decision }) => decision?.reason === 'stopped');
    expect(denied.map(({ kind }) => kind)).toEqual(['call.request', 'decision']);
  },
  TIMEOUT,
);

interface Leaf {
  readonly kind: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly decision?: { readonly reason: string };
}

/** All entries of the log. */
function leaves(world: World): Leaf[] {
  const lines = world.call('ledger', 'export', '--format', 'jsonl').stdout.split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { readonly entry: Leaf }).entry);
}
