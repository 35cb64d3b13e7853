import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallDetail, Page, SessionDetail, SessionView } from '@spoor/core';
import { describe, expect } from 'vitest';
import { verifies } from '../verifies.ts';
import { connect, SERVERS } from './host.ts';
import { leafHash, readLog, treeHash } from './log.ts';
import { kill, until, World } from './support.ts';

/** A ledger with some calls in it, at rest. */
async function recorded(world: World, message: string): Promise<void> {
  const hub = await world.hub();
  const server = await connect(world, 'everything', SERVERS.everything());
  for (let n = 0; n < 4; n++) await server.call('echo', { message: `${message} ${n}` });
  await server.close();
  await until(
    () => world.api<Page<SessionView>>('sessions'),
    ({ rows }) => (rows[0]?.calls ?? 0) >= 4 && (rows[0]?.calls ?? 0) % 4 === 0,
  );
  await kill(hub, 'SIGTERM');
}

const LEDGER = (world: World): string => join(world.state, 'ledger');

verifies(
  'ledger:format',
  async () => {
    const world = new World();
    await recorded(world, 'a');
    const log = readLog(LEDGER(world));
    expect(log.size).toBeGreaterThan(8);
    expect(log.leaves).toHaveLength(log.size);
    const hashes = log.leaves.map(leafHash);
    expect(log.hashes.map(String)).toEqual(hashes.map(String));
    expect(treeHash(hashes).toString('base64')).toBe(log.root);
  },
  { case: 'read by a program that knows only the specification', timeoutMs: 60_000 },
);

describe('spoor ledger verify', () => {
  verifies(
    'ledger:verify-codes',
    async () => {
      const world = new World();
      await recorded(world, 'a');
      const alone = world.call('ledger', 'verify');
      expect(alone.code).toBe(4);
      expect(alone.stdout).toContain('unwitnessed');
      const kept = join(world.folder, 'kept');
      cpSync(join(LEDGER(world), 'checkpoint'), kept);
      await recorded(world, 'b');
      const { code, stdout } = world.call('ledger', 'verify', '--checkpoint', kept, '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ status: 'ok', exit: 0 });
    },
    { case: 'unwitnessed alone, ok with a checkpoint kept elsewhere', timeoutMs: 60_000 },
  );

  verifies(
    'ledger:tamper',
    async () => {
      const world = new World();
      await recorded(world, 'a');
      const files = readdirSync(LEDGER(world), { recursive: true, encoding: 'utf8' }).filter(
        (name) => statSync(join(LEDGER(world), name)).isFile() && !name.startsWith('vault'),
      );
      expect(files.length).toBeGreaterThanOrEqual(3);
      for (const name of files) {
        const path = join(LEDGER(world), name);
        const good = readFileSync(path);
        const bad = Buffer.from(good);
        bad[Math.floor(bad.length / 2)] = (bad[Math.floor(bad.length / 2)] ?? 0) ^ 1;
        writeFileSync(path, bad);
        expect([name, world.call('ledger', 'verify').code]).toEqual([name, 3]);
        writeFileSync(path, good);
      }
      expect(world.call('ledger', 'verify').code).toBe(4);
    },
    { case: 'a changed byte in any file, by command', timeoutMs: 60_000 },
  );

  verifies(
    'ledger:verify-codes',
    async () => {
      const world = new World();
      await recorded(world, 'a');
      const backup = join(world.folder, 'backup');
      cpSync(LEDGER(world), backup, { recursive: true });
      await recorded(world, 'b');
      const later = join(LEDGER(world), 'checkpoint');
      expect(world.call('ledger', 'verify', '--dir', backup, '--checkpoint', later).code).toBe(5);
    },
    { case: 'a restored backup', timeoutMs: 60_000 },
  );

  verifies(
    'ledger:verify-codes',
    () => {
      const world = new World();
      expect(world.call('ledger', 'verify', '--dir', '/nowhere').code).toBe(66);
    },
    { case: 'a log that cannot be read' },
  );

  verifies(
    'ledger:verify-codes',
    async () => {
      const world = new World();
      await recorded(world, 'a');
      const stranger = new World();
      expect(stranger.call('ledger', 'verify', '--dir', LEDGER(world)).code).toBe(4);
    },
    { case: "another hub's log, with its state beside it", timeoutMs: 60_000 },
  );
});

verifies(
  'seal:open',
  async () => {
    const world = new World();
    const { folder } = world;
    writeFileSync(join(folder, 'pass'), 'correct horse\n');
    const made = world.call(
      'keys',
      'init',
      '--out',
      folder,
      '--passphrase-file',
      join(folder, 'pass'),
    );
    expect(made.code).toBe(0);
    expect(world.call('keys', 'init', '--out', folder, '--no-passphrase').stderr).toContain(
      'KEYS_EXIST',
    );
    const secret = 'the Plover flies at dawn';
    await recorded(world, secret);

    const everything = readdirSync(world.state, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(world.state, name)).isFile() && !name.includes('store.db'))
      .map((name) => readFileSync(join(world.state, name), 'latin1'));
    expect(everything.join('')).not.toContain('Plover');
    expect(everything.join('')).not.toContain('AGE-SECRET-KEY');

    await world.hub();
    const { rows } = await world.api<Page<SessionView>>('sessions');
    const { observations } = await world.api<SessionDetail>(`sessions/${rows[0]?.id}`);
    const call = observations.find(({ tool }) => tool?.name === 'echo');
    const { ledger } = await world.api<CallDetail>(`calls/${call?.id}`);
    const request = ledger.find(({ kind }) => kind === 'call.request')?.index ?? -1;
    const result = ledger.find(({ kind }) => kind === 'call.result')?.index ?? -1;

    const identity = join(folder, 'spoor-auditor.age-identity');
    const opened = world.call(
      'ledger',
      'open',
      String(request),
      '--identity',
      identity,
      '--passphrase-file',
      join(folder, 'pass'),
      '--reason',
      'a test',
    );
    expect(opened).toMatchObject({ code: 0 });
    expect(JSON.parse(opened.stdout)).toMatchObject({
      method: 'tools/call',
      params: { arguments: { message: `${secret} 0` } },
    });
    const recovery = join(folder, 'spoor-recovery.age-identity');
    expect(
      world.call('ledger', 'open', String(result), '--identity', recovery, '--reason', 'a test')
        .stdout,
    ).toContain(`Echo: ${secret} 0`);

    const stranger = new World();
    expect(stranger.call('keys', 'init', '--out', stranger.folder, '--no-passphrase').code).toBe(0);
    const wrong = world.call(
      'ledger',
      'open',
      String(request),
      '--identity',
      join(stranger.folder, 'spoor-auditor.age-identity'),
      '--reason',
      'a test',
    );
    expect(wrong.code).toBe(77);
    expect(wrong.stdout).toBe('');
  },
  { case: 'by command', timeoutMs: 60_000 },
);

verifies(
  'seal:parameters',
  async () => {
    const world = new World();
    await recorded(world, 'a');
    const opened = world.call('ledger', 'open', '3', '--identity', '/dev/null');
    expect(opened.code).toBe(79);
  },
  { case: 'not even sealed without auditors', timeoutMs: 60_000 },
);
