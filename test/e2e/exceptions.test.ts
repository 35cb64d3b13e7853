import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert, ExceptionsView, ExceptionView, HubView, Page } from '@spoor/core';
import { expect } from 'vitest';
import { ASK_RULE } from '../fixtures/ask-rule.ts';
import { verifies } from '../verifies.ts';
import { type Connected, connect, SERVERS } from './host.ts';
import { NODE, until, World } from './support.ts';

/** A host of its own, so that this test is a person beside it. */
const HOST =
  "require('child_process').spawn(process.argv[1], process.argv.slice(2), {stdio: 'inherit'})";
const apart = (words: string[]): string[] => [NODE, '-e', HOST, ...words];
const TIMEOUT = { timeoutMs: 90_000 } as const;
const RULE = 'sharing-needs-a-person';
const WHO = ['--owner', 'data team', '--reason', 'weekly report'];

async function start(): Promise<{ world: World; drive: Connected }> {
  const world = new World();
  const rules = join(world.folder, 'rules');
  mkdirSync(rules);
  const rule = ASK_RULE.replace('response: ask', 'response: deny');
  writeFileSync(join(rules, `${RULE}.yml`), rule);
  await world.hub('--mode', 'enforce', '--rules', rules);
  return { world, drive: await connect(world, 'drive', SERVERS.drive(), apart) };
}

const share = (drive: Connected, name = 'a.csv'): ReturnType<Connected['call']> =>
  drive.call('create_shareable_link', { name, content: 'x' });

const add = (world: World, ...flags: string[]): ReturnType<World['call']> =>
  world.call('exceptions', 'add', '--rule', RULE, ...WHO, ...flags);

verifies(
  'exception:passes',
  async () => {
    const { world, drive } = await start();
    expect((await share(drive)).isError).toBe(true);
    const made = add(
      world,
      '--expires',
      '1d',
      '--server',
      'drive',
      '--tool',
      'create_shareable_link',
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect((await share(drive)).isError).toBe(false);
    const { rows } = await until(
      () => world.api<Page<Alert>>('alerts?status=all'),
      (page) => page.rows.some(({ detection }) => detection.exception !== undefined),
    );
    const { rows: counted } = await until(
      () => world.api<ExceptionsView>('exceptions'),
      (view) => (view.rows[0]?.uses ?? 0) > 0,
    );
    const [one] = counted;
    expect(one).toMatchObject({ owner: 'data team', expired: false, broad: false, uses: 1 });
    // Other rules, of weaker signs, may have spoken of the same call.
    const excepted = rows.filter(({ rule }) => rule.id === RULE);
    expect(excepted[0]?.detection.exception).toBe(one?.id);
    expect(world.call('exceptions', 'remove', one?.id ?? '').code).toBe(0);
    expect((await share(drive)).isError).toBe(true);
    await drive.close();
  },
  TIMEOUT,
);

verifies(
  'exception:passes',
  async () => {
    const { world, drive } = await start();
    const path = join(world.state, 'exceptions.json');
    const only = { server: 'drive', tool: 'create_shareable_link' };
    const exception = { rule: RULE, owner: 'me', reason: 'a test', only };
    const write = (...rows: object[]): void => writeFileSync(path, JSON.stringify(rows));
    write({ ...exception, expires: '2026-01-01' });
    const { rows } = await until(
      () => world.api<ExceptionsView>('exceptions'),
      (view) => view.rows.length === 1,
    );
    expect(rows[0]).toMatchObject({ expired: true });
    expect(world.call('exceptions').stdout).toContain('EXPIRED');
    expect((await share(drive)).isError).toBe(true);
    // A slow machine may be over it before it is looked at; then it is given more time.
    for (let forMs = 4_000, passed = false; !passed; forMs *= 2) {
      const inAMoment = new Date(Date.now() + forMs).toISOString();
      write({ ...exception, expires: inAMoment }, { rule: RULE });
      const read = await until(
        () => world.api<ExceptionsView>('exceptions'),
        (view) => view.rows[0]?.expiresMs === Date.parse(inAMoment),
      );
      expect(read.problems).toEqual(['number 2: no owner: who answers for it']);
      passed = !(await share(drive)).isError;
      expect(passed || Date.now() > Date.parse(inAMoment)).toBe(true);
      await until(
        () => Date.now(),
        (now) => now > Date.parse(inAMoment),
        forMs + 30_000,
      );
    }
    expect((await share(drive)).isError).toBe(true);
    await drive.close();
  },
  { case: 'by hand, and no longer than said', ...TIMEOUT },
);

verifies(
  'exception:narrow',
  async () => {
    const { world, drive } = await start();
    for (const [flags, why] of [
      [['--expires', '1d'], 'nothing narrows it'],
      [['--expires', '1d', '--tool', 'create_shareable_link'], 'a tool needs its server'],
      [['--server', 'drive'], 'no expiry'],
      [['--expires', '500d', '--server', 'drive'], 'more than a year'],
      [['--expires', '2020-01-01', '--server', 'drive'], 'has expired already'],
      [['--expires', '1d', '--server', 'drіve'], 'only.server is none'],
      [['--expires', '1d', '--destination', 'bob@corp.example'], 'calls show corp.example'],
    ] as const) {
      const refused = add(world, ...flags);
      expect(refused).toMatchObject({ code: 2 });
      expect(refused.stderr).toContain(why);
    }
    const broad = add(world, '--expires', '1d', '--server', 'drive2');
    expect(broad).toMatchObject({ code: 0 });
    expect(broad.stderr).toContain('lets every tool pass');
    const other = add(
      world,
      '--expires',
      '1d',
      '--server',
      'drive',
      '--tool',
      'Create_shareable_link',
    );
    expect(other.code).toBe(0);
    expect((await share(drive)).isError).toBe(true);
    await drive.close();
  },
  { case: 'what is refused, and names that are alike', ...TIMEOUT },
);

verifies(
  'exception:narrow',
  async () => {
    const { world, drive } = await start();
    const { text } = await share(drive);
    const caseId = /c-[a-z0-9]{10}/.exec(text)?.[0] ?? '';
    await until(
      () => world.call('why', caseId),
      ({ code }) => code === 0,
    );
    const made = add(world, '--expires', '1d', '--case', caseId, '--arguments', '--json');
    expect(made).toMatchObject({ code: 0 });
    const { only } = JSON.parse(made.stdout) as ExceptionView;
    expect(Object.keys(only).sort()).toEqual([
      'arguments',
      'definition',
      'server',
      'session',
      'tool',
    ]);
    expect((await share(drive)).isError).toBe(false);
    expect((await share(drive, 'b.csv')).isError).toBe(true);
    const again = await connect(world, 'drive', SERVERS.drive(), apart);
    expect((await share(again)).isError).toBe(true);
    await Promise.all([drive.close(), again.close()]);
  },
  { case: 'the very arguments of a case, in their session', ...TIMEOUT },
);

verifies(
  'exception:changes',
  async () => {
    const { world, drive } = await start();
    // This process is no host yet; then it is one, and what it runs is what its agent runs.
    expect(add(world, '--expires', '1d', '--server', 'drive').code).toBe(0);
    const agent = await connect(world, 'drive', SERVERS.drive());
    const within = add(world, '--expires', '2d', '--server', 'drive');
    expect(within.code).toBe(1);
    expect(within.stderr).toContain('APPROVER_NOT_INDEPENDENT');
    writeFileSync(join(world.state, 'exceptions.json'), '[]');
    await until(
      () => world.api<ExceptionsView>('exceptions'),
      ({ rows }) => rows.length === 0,
    );
    await until(
      () => world.api<HubView>('hub'),
      () => changes(world).length === 2,
    );
    const by = expect.stringMatching(/^cli/);
    expect(changes(world)).toMatchObject([
      { exception: 'added', rule: RULE, by, owner: ['data', 'team'] },
      { exception: 'removed', by: 'file' },
    ]);
    await Promise.all([drive.close(), agent.close()]);
  },
  TIMEOUT,
);

interface Change {
  readonly exception?: string;
}

function changes(world: World): Change[] {
  const lines = world.call('ledger', 'export', '--format', 'jsonl').stdout.split('\n');
  return lines.flatMap((line) => {
    if (line === '') return [];
    const { entry } = JSON.parse(line) as { readonly entry: { readonly detail?: Change } };
    return entry.detail?.exception === undefined ? [] : [entry.detail];
  });
}
