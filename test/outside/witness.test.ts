import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LedgerView } from '@spoor/core';
import { beforeAll, expect } from 'vitest';
import { all, firstLine, kill, type Piped, World } from '../e2e/support.ts';
import { verifies } from '../verifies.ts';

const SOURCES = join(import.meta.dirname, 'witness');
const LITE_NAME = 'litewitness.example/w';

/** Undefined where both programs were built; else why not. Go keeps what it has built. */
function build(folder: string): string | undefined {
  if (spawnSync('go', ['version']).status !== 0) return 'SKIPPED: there is no go';
  for (const what of ['.', 'filippo.io/torchwood/cmd/litewitness']) {
    const name = what === '.' ? 'outside' : 'litewitness';
    const words = ['build', '-o', join(folder, name), what];
    const built = spawnSync('go', words, { cwd: SOURCES, encoding: 'utf8' });
    if (built.status !== 0) return `SKIPPED: ${what} cannot be built: ${built.stderr}`;
  }
  return undefined;
}

let programs: World;
let missing: string | undefined;

const outside = (...words: string[]): string =>
  execFileSync(join(programs.folder, 'outside'), words, { encoding: 'utf8' }).trim();

const until = async <Value>(look: () => Promise<Value | undefined>): Promise<Value> => {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

/** Torchwood's litewitness, which has our log in its database. */
async function startLitewitness(world: World, logKey: string): Promise<[key: string, url: string]> {
  const socket = join(world.folder, 'agent.sock');
  const held = world.start([join(programs.folder, 'outside'), 'agent', socket, LITE_NAME]);
  const [fingerprint = '', key = ''] = (await firstLine(held)).trim().split(' ');
  const db = join(world.folder, 'litewitness.db');
  // The tables as litewitness makes them; its own tool for that needs more than is to be had.
  const tables = new DatabaseSync(db);
  tables.exec(`CREATE TABLE log (origin TEXT PRIMARY KEY, tree_size INTEGER NOT NULL,
    tree_hash TEXT NOT NULL); CREATE TABLE key (origin TEXT NOT NULL, key TEXT NOT NULL,
    FOREIGN KEY(origin) REFERENCES log(origin));`);
  const origin = logKey.split('+')[0] ?? '';
  const empty = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
  tables.prepare('INSERT INTO log VALUES (?, 0, ?)').run(origin, empty);
  tables.prepare('INSERT INTO key VALUES (?, ?)').run(origin, logKey);
  tables.close();
  const port = 20_000 + (process.pid % 20_000);
  const words = ['-name', LITE_NAME, '-db', db, '-ssh-agent', socket, '-key', fingerprint];
  world.start([join(programs.folder, 'litewitness'), ...words, '-listen', `127.0.0.1:${port}`]);
  return [key, `http://127.0.0.1:${port}`];
}

/** A witness of ours that knows that log. */
async function startWitness(world: World, logKey: string): Promise<[key: string, url: string]> {
  const folder = join(world.folder, 'witness');
  const keys = join(world.folder, 'keys');
  writeFileSync(keys, `${logKey}\n`);
  world.call('witness', 'init', '--dir', folder, '--log', keys, '--name', 'spoor.example/w');
  const words = ['--dir', folder, '--listen', '127.0.0.1:0'];
  const [, url = ''] =
    /Witness at (\S+),/.exec(await firstLine(world.spoor('witness', 'run', ...words))) ?? [];
  return [readFileSync(join(folder, 'witness.vkey'), 'utf8').trim(), url];
}

beforeAll(async () => {
  const ends: (() => Promise<void>)[] = [];
  programs = new World({}, (end) => ends.push(end));
  missing = build(programs.folder);
  return async () => {
    for (const end of ends) await end();
  };
}, 300_000);

verifies(
  'witness:outside',
  async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const world = new World();
    await kill(await world.hub(), 'SIGTERM');
    const logKey = readFileSync(join(world.state, 'ledger-state', 'log.vkey'), 'utf8').trim();
    const [liteKey, liteUrl] = await startLitewitness(world, logKey);
    const [ownKey, ownUrl] = await startWitness(world, logKey);
    const policy = join(world.folder, 'policy');
    const lines = [
      `log ${logKey}`,
      `witness lite ${liteKey} ${liteUrl}`,
      `witness own ${ownKey} ${ownUrl}`,
      'group both all lite own',
      'quorum both',
    ];
    writeFileSync(policy, `${lines.join('\n')}\n`);
    await world.hub('--witness-policy', policy);
    const isWitnessed = async (): Promise<LedgerView | undefined> => {
      const view = await world.api<LedgerView>('ledger');
      return view.witness.state === 'reached' && view.witness.size >= view.size ? view : undefined;
    };
    const first = await until(isWitnessed);
    // Growth, so that both check a proof of consistency.
    for (const mode of ['on', 'off', 'on']) world.call('enforce', mode);
    const grown = await until(async () => {
      const view = await isWitnessed();
      return view !== undefined && view.size > first.size ? view : undefined;
    });
    const note = join(world.state, 'ledger', 'checkpoint.cosigned');
    expect(Number(outside('check', policy, note))).toBeGreaterThanOrEqual(grown.size);
    expect(world.call('ledger', 'verify', '--witness', policy).code).toBe(0);
    // It must also be able to say no: one of both is not enough.
    const text = readFileSync(note, 'utf8');
    writeFileSync(join(world.folder, 'one'), text.replace(/\u2014 spoor\.example.*\n/, ''));
    expect(() => outside('check', policy, join(world.folder, 'one'))).toThrow();
  },
  {
    case: 'litewitness vouches for a hub, and torchwood reads what came of it',
    timeoutMs: 120_000,
  },
);

verifies(
  'witness:outside',
  async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const world = new World();
    const policy = join(world.folder, 'policy');
    const folder = join(world.folder, 'tessera');
    const words = ['log', folder, policy, '40'];
    const log: Piped = world.start([join(programs.folder, 'outside'), ...words]);
    const logKey = (await firstLine(log)).trim();
    const [key, url] = await startWitness(world, logKey);
    writeFileSync(policy, `log ${logKey}\nwitness w1 ${key} ${url}\nquorum w1\n`);
    const said = all(log.stdout);
    log.stdin.write('\n');
    expect(await said).toContain('published 40');
    // All forty, witnessed one after another: each but the first by a proof of consistency.
    expect(outside('check', policy, `${folder}.checkpoint`)).toBe('40');
    const status = world.call(
      'witness',
      'status',
      '--dir',
      join(world.folder, 'witness'),
      '--json',
    );
    expect(JSON.parse(status.stdout).logs).toMatchObject([{ size: 40, silent: false }]);
  },
  { case: 'a log by Tessera is published by our witness', timeoutMs: 120_000 },
);
