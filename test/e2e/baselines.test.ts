import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert, BaselineSummary, BaselineView, Page } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { type Connected, connect, SERVERS } from './host.ts';
import { readLog } from './log.ts';
import { FIXTURES, kill, NODE, until, World } from './support.ts';

const TOOL = 'files/read_text_file';
const SOON = ['--baseline-calls', '5', '--baseline-hours', '0'];

interface Stage {
  readonly world: World;
  readonly server: Connected;
  read(more?: object): Promise<boolean>;
}

/** A real server of files; `read` says whether the call was answered as asked. */
async function stage(world: World): Promise<Stage> {
  const folder = join(world.folder, 'files');
  mkdirSync(folder);
  writeFileSync(join(folder, 'notes.txt'), 'first line\nsecond line\n');
  const server = await connect(world, 'files', SERVERS.filesystem(folder));
  const path = join(folder, 'notes.txt');
  const read = async (more: object = {}): Promise<boolean> => {
    const { isError, text } = await server.call('read_text_file', { path, ...more });
    return !isError && text.startsWith('first line');
  };
  return { world, server, read };
}

const baselines = (world: World): readonly BaselineSummary[] =>
  JSON.parse(world.call('baselines', '--json').stdout) as readonly BaselineSummary[];

const alertsOf = async (world: World, rule: string): Promise<readonly Alert[]> =>
  (await world.api<Page<Alert>>('alerts')).rows.filter((alert) => alert.rule.id === rule);

interface Changed {
  readonly kind: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

const changesIn = ({ state }: World): readonly (Changed['detail'] | undefined)[] =>
  readLog(join(state, 'ledger'))
    .leaves.map((leaf) => JSON.parse(leaf.toString()) as Changed)
    .filter(({ kind, detail }) => kind === 'config.changed' && detail?.tool !== undefined)
    .map(({ detail }) => detail);

verifies(
  'baseline:unexpected',
  async () => {
    const world = new World({ SPOOR_ASK_TIMEOUT_MS: '1000' });
    const hub = await world.hub(...SOON);
    const { server, read } = await stage(world);
    for (let n = 0; n < 5; n++) expect(await read()).toBe(true);
    expect(baselines(world)).toMatchObject([{ state: 'locked', calls: 5, keys: 1 }]);

    // In observe it is told, and goes on.
    expect(await read({ head: 1 })).toBe(true);
    const [alert] = await until(
      () => alertsOf(world, 'unexpected-arguments'),
      (rows) => rows.length > 0,
    );
    expect(alert?.action).toBe('allow');
    expect(alert?.detection.path.at(-1)?.matched['baseline.new_keys']).toBe(
      'argument `head` of `read_text_file` was never used in 5 calls',
    );

    // What was locked is locked after a restart that nobody announced.
    await until(
      () => changesIn(world),
      (all) => all.length > 0,
    );
    await kill(hub);
    await world.hub(...SOON);
    expect(world.call('enforce', 'on', '--rule', 'unexpected-arguments').code).toBe(0);
    expect(baselines(world)).toMatchObject([{ state: 'locked', calls: 5, keys: 1 }]);
    // It asks a person; nobody is there. Calls go on unasked until the sensor has found the hub.
    await until(
      () => read({ head: 1 }),
      (answered) => !answered,
    );
    expect(await read()).toBe(true);

    expect(world.call('baselines', 'relearn', TOOL, '--by-hand').stdout).toContain('learns');
    expect(await read({ head: 1 })).toBe(true);
    expect(world.call('baselines', 'lock', TOOL).code).toBe(0);
    expect(await read({ head: 1 })).toBe(true);
    const shown = world.call('baselines', 'show', TOOL);
    expect(shown.stdout).toContain('head  number');
    const { paths } = JSON.parse(
      world.call('baselines', 'show', TOOL, '--json').stdout,
    ) as BaselineView;
    expect(paths.map(({ path, firstCall }) => [path, firstCall])).toEqual([
      ['head', 6],
      ['path', 1],
    ]);
    await server.close();
    const changes = await until(
      () => changesIn(world),
      (all) => all.length >= 3,
    );
    expect(changes.map((detail) => [detail?.what, detail?.by, detail?.calls])).toEqual([
      ['baseline.lock', 'itself', 5],
      ['baseline.relearn', 'owner', 5],
      ['baseline.lock', 'owner', 6],
    ]);
  },
  { timeoutMs: 60_000 },
);

verifies(
  'baseline:destination',
  async () => {
    const world = new World();
    await world.hub('--baseline-calls', '12', '--baseline-hours', '0');
    const words = ['send_email', 'Sends an email to a person.'];
    const program = join(FIXTURES, 'tool-server.ts');
    const server = await connect(world, 'mail', [NODE, program, ...words]);
    const send = (to: string) => server.call('send_email', { to, text: 'the minutes' });
    // Whoever it is at the same company, it is the same destination.
    for (let n = 0; n < 12; n++) await send(`person${n}@acme.example`);
    expect(baselines(world)).toMatchObject([{ state: 'locked', destinations: 1 }]);
    await send('another@acme.example');
    await send('another@acme.example.drop.example');
    const [alert] = await until(
      () => alertsOf(world, 'new-destination'),
      (rows) => rows.length > 0,
    );
    expect(alert?.count).toBe(1);
    expect(alert?.detection.path.at(-1)?.matched['baseline.new_destinations']).toBe(
      '`send_email` never sent to 1 of its destinations in 12 calls',
    );
    // What the hub keeps of destinations are fingerprints.
    const [one] = baselines(world);
    expect(JSON.stringify(one)).not.toContain('acme');
    await server.close();
  },
  { timeoutMs: 60_000 },
);

verifies(
  'baseline:unexpected',
  async () => {
    const world = new World();
    await world.hub();
    const { server, read } = await stage(world);
    expect(await read({ note: 'for the assistant' })).toBe(true);
    const [alert] = await until(
      () => alertsOf(world, 'unexpected-arguments'),
      (rows) => rows.length > 0,
    );
    expect(alert?.detection.path.at(-1)?.matched['baseline.undeclared_keys']).toBe(
      'the schema of `read_text_file` declares no argument `note`',
    );
    const unknown = world.call('baselines', 'show', 'files/nothing');
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('BASELINE_UNKNOWN'),
    ]);
    await server.close();
  },
  { case: 'outside of the schema', timeoutMs: 60_000 },
);
