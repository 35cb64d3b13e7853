import { hash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  ERRORS,
  type Hold,
  type Observation,
  type Page,
  type SessionDetail,
  type SessionView,
  type ShredView,
  type VaultView,
} from '@spoor/core';
import { readSealed } from '@spoor/ledger/open';
import { expect, onTestFinished } from 'vitest';
import { verifies } from '../../verifies.ts';
import { connect, SERVERS } from '../host.ts';
import { kill, NODE, until, World } from '../support.ts';
import { filesIn, Shadow, scan } from './disk.ts';
import { DiskImage } from './image.ts';
import { AUDITOR, makeKeys, openLeaves, published } from './leaves.ts';

const WORDS = ['quokka', 'wombat'] as const;

/** Another host program, and so another session. */
const elsewhere = (words: string[]): string[] => [
  NODE,
  '-e',
  "const [, c, ...a] = process.argv; require('child_process').spawn(c, a, { stdio: 'inherit' }).on('exit', (n) => process.exit(n ?? 1))",
  ...words,
];

async function talked(world: World, word: string, other = false): Promise<void> {
  const server = await connect(
    world,
    'everything',
    SERVERS.everything(),
    other ? elsewhere : undefined,
  );
  for (let n = 0; n < 3; n++) await server.call('echo', { message: `the ${word} number ${n}` });
  await server.client.readResource({ uri: 'demo://resource/dynamic/text/7' });
  await server.close();
}

/** Two sessions, each with its own word. */
async function twoSessions(world: World): Promise<void> {
  await talked(world, WORDS[0]);
  await talked(world, WORDS[1], true);
  await until(
    () => world.api<Page<SessionView>>('sessions'),
    ({ rows }) => rows.length === 2 && rows.every(({ calls }) => calls >= 4),
  );
  // In the ledger and in the store, also how they ended.
  await published(world, 'call.result', 8);
  await until(
    async () => {
      const { rows } = await world.api<Page<SessionView>>('sessions');
      return Promise.all(rows.map(({ id }) => world.api<SessionDetail>(`sessions/${id}`)));
    },
    (all) => all.every((one) => one.observations.every(({ outcome }) => outcome !== 'pending')),
  );
}

/** Rows of the store that are of the session with that word, without asking the hub. */
function rowsWith(world: World, word: string): Observation[] {
  const db = new DatabaseSync(join(world.state, 'store.db'), { readOnly: true });
  try {
    const rows = db.prepare('SELECT body FROM observation ORDER BY seq').all();
    const all = rows.map((row) => JSON.parse(String(row.body)) as Observation);
    const session = all.find((o) => JSON.stringify(o.facts).includes(word))?.session.id;
    return all.filter((o) => o.session.id === session);
  } finally {
    db.close();
  }
}

/** Everything that must not be found again of a session. */
function secretsOf(world: World, word: string, rows: readonly Observation[]): Buffer[] {
  const session = rows[0]?.session.id ?? '';
  const folder = filesIn(join(world.state, 'ledger', 'vault')).filter((path) =>
    path.includes(session),
  );
  const wrapped = folder.flatMap((path) => {
    const bytes = readFileSync(path);
    return path.endsWith('.age') ? [bytes] : wrappedKeys(bytes);
  });
  const contents = rows.flatMap(({ facts }) => [facts.request, facts.result]);
  const prints = contents.flatMap((one) => one?.atoms.map(({ print }) => print) ?? []);
  const digests = contents.flatMap((one) => one?.digest ?? []);
  const salts = rows.flatMap(({ salt }) => salt ?? []);
  const messages = [0, 1, 2].map((n) => `the ${word} number ${n}`);
  const hashes = messages.flatMap((text) => [hash('sha256', text), hash('md5', text)]);
  const texts = [word, ...messages, ...hashes, ...prints, ...digests, ...salts];
  return [...[...new Set(texts)].map((text) => Buffer.from(text)), ...wrapped];
}

/** Wrapped data keys of a pack. */
function wrappedKeys(pack: Buffer): Buffer[] {
  const keys: Buffer[] = [];
  for (let at = 0; at + 8 <= pack.length; at += 8 + pack.readUInt32BE(at)) {
    const record = pack.subarray(at + 8, at + 8 + pack.readUInt32BE(at));
    const sealed = readSealed(record);
    if (sealed !== undefined) keys.push(Buffer.from(sealed.wrappedKey));
  }
  return keys;
}

verifies(
  'vault:shred',
  async () => {
    const world = new World();
    const shadow = new Shadow(world.state, join(world.folder, 'shadow'));
    onTestFinished(() => shadow.stop());
    makeKeys(world);
    const hub = await world.hub();
    await twoSessions(world);
    const [gone, kept] = WORDS;
    const rows = rowsWith(world, gone);
    const others = rowsWith(world, kept);
    expect(rows.length).toBeGreaterThan(7);
    const secrets = secretsOf(world, gone, rows);
    const keptSecrets = secretsOf(world, kept, others);
    const folders = [world.state, join(world.folder, 'shadow')];
    const before = new Set(scan(folders, secrets).map((line) => line.replace(/^.*: /s, '')));
    expect(before.size).toBeGreaterThan(20);
    cpSync(join(world.state, 'ledger', 'checkpoint'), join(world.folder, 'kept'));

    const session = rows[0]?.session.id ?? '';
    const dry = world.call('vault', 'shred', '--session', session);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('Nothing was destroyed yet, and it could not be undone.');
    expect(world.call('vault', 'shred', '--session', session, '--yes').stderr).toContain(
      'VAULT_REASON',
    );
    expect(scan(folders, secrets).length).toBeGreaterThan(20);

    const really = ['--yes', '--reason', 'Art. 17 GDPR', '--json'];
    const done = world.call('vault', 'shred', '--session', session, ...really);
    expect(done).toMatchObject({ code: 0 });
    expect(JSON.parse(done.stdout)).toMatchObject({
      sessions: 1,
      held: 0,
    } satisfies Partial<ShredView>);
    expect(scan(folders, secrets)).toEqual([]);
    await kill(hub, 'SIGTERM');
    shadow.look();
    expect(shadow.removed).toBeGreaterThan(2);
    expect(scan(folders, secrets)).toEqual([]);
    expect(scan([world.state], keptSecrets).length).toBeGreaterThan(20);

    // All proofs stay valid, and what is left opens.
    const verified = world.call('ledger', 'verify', '--checkpoint', join(world.folder, 'kept'));
    expect(verified.code).toBe(ERRORS.PAYLOAD_SHREDDED.exit);
    expect(verified.stderr).not.toContain('PAYLOAD_MISSING');
    const leaves = await openLeaves(world);
    const of = (id: string | undefined): string[] =>
      leaves
        .filter(({ leaf }) => leaf.session === id && leaf.content !== undefined)
        .map(({ content }) => content.failed ?? 'opened');
    expect(new Set(of(session))).toEqual(new Set(['PAYLOAD_SHREDDED']));
    expect(new Set(of(others[0]?.session.id))).toEqual(new Set(['opened']));
    const entry = leaves.find(({ leaf }) => leaf.kind === 'payload.shredded');
    expect(entry?.leaf.detail).toMatchObject({
      reason: 'Art._17_GDPR',
      what: 'session',
      sessions: [session],
      by: expect.stringContaining('@'),
    });
  },
  { case: 'a session, from every file and from what was freed', timeoutMs: 120_000 },
);

verifies(
  'vault:shred',
  async (context) => {
    const world = new World();
    const image = new DiskImage(world.folder, world.state);
    onTestFinished(() => image.unmount());
    const missing = image.mount();
    if (missing !== undefined) return context.skip(missing);
    makeKeys(world);
    const hub = await world.hub();
    await twoSessions(world);
    const [gone, kept] = WORDS;
    const rows = rowsWith(world, gone);
    const secrets = secretsOf(world, gone, rows);
    const others = secretsOf(world, kept, rowsWith(world, kept));
    const foundIn = (blocks: Buffer, some: readonly Buffer[]): number =>
      some.filter((secret) => blocks.includes(secret)).length;
    expect(foundIn(image.blocks(), secrets)).toBeGreaterThan(20);
    const session = ['--session', rows[0]?.session.id ?? ''];
    expect(world.call('vault', 'shred', ...session, '--yes', '--reason', 'erasure').code).toBe(0);
    expect(foundIn(image.blocks(), secrets)).toBe(0);
    await kill(hub, 'SIGTERM');
    // The very blocks, also those that the file system has taken back.
    const blocks = image.blocks();
    expect(secrets.filter((secret) => blocks.includes(secret)).map(String)).toEqual([]);
    expect(foundIn(blocks, others)).toBeGreaterThan(20);
    image.unmount();
  },
  { case: 'a session, from every block of a disk image', timeoutMs: 120_000 },
);

verifies(
  'vault:shred',
  async () => {
    const world = new World();
    makeKeys(world);
    const hub = await world.hub();
    await twoSessions(world);
    const rows = rowsWith(world, WORDS[0]);
    const secrets = secretsOf(world, WORDS[0], rows);
    await kill(hub);
    // As a hub leaves it that is killed right after it has begun.
    const session = rows[0]?.session.id ?? '';
    const warrant = { by: 'me', reason: 'erasure', what: 'session', named: { session } };
    const doomed = { sessions: [session], contents: [], calls: [] };
    const journal = join(world.state, 'ledger-state', 'shredding.json');
    writeFileSync(journal, JSON.stringify({ ...doomed, warrant, atMs: Date.now() }));
    const next = await world.hub();
    expect(existsSync(journal)).toBe(false);
    expect(scan([world.state], secrets)).toEqual([]);
    await kill(next, 'SIGTERM');
    const entries = (await openLeaves(world)).map(({ leaf }) => leaf);
    expect(entries.find(({ kind }) => kind === 'payload.shredded')?.detail).toMatchObject({
      reason: 'erasure',
      sessions: [session],
    });
  },
  { case: 'a hub that was killed meanwhile ends it at its next start', timeoutMs: 120_000 },
);

verifies(
  'vault:hold',
  async () => {
    const world = new World();
    makeKeys(world);
    const hub = await world.hub();
    await twoSessions(world);
    const [first, second] = WORDS;
    const held = rowsWith(world, first)[0]?.session.id ?? '';
    const pseudonyms = [first, second].map((word) => rowsWith(world, word)[0]?.principal.pseudonym);
    const secrets = secretsOf(world, second, rowsWith(world, second));
    await kill(hub, 'SIGTERM');
    // No hub runs from here on: the command is it while it works.
    const added = world.call(
      'vault',
      'hold',
      'add',
      '--session',
      held,
      '--reason',
      'case 12',
      '--json',
    );
    const hold = JSON.parse(added.stdout) as Hold;
    expect(hold).toMatchObject({ target: { kind: 'session', session: held }, reason: 'case_12' });
    const because = ['--yes', '--reason', 'asked for', '--json'];
    const refused = world.call('vault', 'shred', '--session', held, ...because);
    expect(refused.stderr).toContain('VAULT_HELD');

    const view = JSON.parse(
      world.call('vault', 'shred', '--before', '2100-01-01', ...because).stdout,
    ) as ShredView;
    expect(view).toMatchObject({ sessions: 1, holds: [{ id: hold.id }] });
    expect(view.held).toBeGreaterThan(5);
    expect(scan([world.state], secrets)).toEqual([]);
    const status = world.call('vault', 'status');
    expect(status.stdout).toContain('1 holds keep the content of 1 sessions:');
    expect(status.stdout).toContain('Sealed content goes 90 days after the last of its session');

    expect(world.call('vault', 'hold', 'release', hold.id, '--reason', 'over').code).toBe(0);
    const person = ['--person', pseudonyms[0] ?? ''];
    expect(world.call('vault', 'shred', '--person', 'nobody at all').stderr).toContain(
      'VAULT_PERSON_UNKNOWN',
    );
    const dry = world.call('vault', 'shred', ...person);
    expect(dry.stdout).toContain('who is only mentioned is not found');
    expect(world.call('vault', 'shred', ...person, ...because).code).toBe(0);
    const leaves = await openLeaves(world);
    const sealed = leaves.filter(({ leaf }) => leaf.content !== undefined);
    expect(new Set(sealed.map(({ content }) => content.failed))).toEqual(
      new Set(['PAYLOAD_SHREDDED']),
    );
    const details = leaves.flatMap(({ leaf }) =>
      leaf.kind === 'config.changed' && leaf.detail?.hold !== undefined ? [leaf.detail] : [],
    );
    expect(details.map((detail) => [detail.hold, detail.id, detail.reason])).toEqual([
      ['added', hold.id, 'case_12'],
      ['released', hold.id, 'over'],
    ]);
    const shredded = leaves.filter(({ leaf }) => leaf.kind === 'payload.shredded');
    expect(shredded.map(({ leaf }) => leaf.detail?.what)).toEqual(['period', 'person']);
    expect(shredded[1]?.leaf.detail?.pseudonyms).toEqual([pseudonyms[0]]);
    const after = JSON.parse(world.call('vault', 'status', '--json').stdout) as VaultView;
    expect(after).toMatchObject({ holds: [], contents: { sessions: 0, bytes: 0 } });
    expect(world.call('ledger', 'verify').code).toBe(4);
  },
  { case: 'a period and a person, without a hub', timeoutMs: 180_000 },
);

verifies(
  'vault:opened',
  async () => {
    const world = new World();
    makeKeys(world);
    const hub = await world.hub();
    const server = await connect(world, 'everything', SERVERS.everything());
    await server.call('echo', { message: 'red \u001b[31m alert' });
    await server.close();
    await published(world, 'call.result', 1);
    const leaf = (await openLeaves(world)).find(({ leaf: one }) => one.mcp?.tool === 'echo')?.leaf;
    const call = leaf?.call ?? '';
    const identity = ['--identity', join(world.folder, AUDITOR)];
    expect(world.call('vault', 'open', call, ...identity).stderr).toContain('VAULT_REASON');
    const opened = world.call('vault', 'open', call, ...identity, '--reason', 'audit of May');
    expect(opened).toMatchObject({ code: 0 });
    expect(opened.stdout).not.toContain('\u001b[31m');
    expect(opened.stdout).toContain('alert');
    expect(opened.stderr).toMatch(/Entry \d+ says that this was opened, by whom and why/);
    const [part, reason] = [
      ['--part', 'request'],
      ['--reason', 'audit of May'],
    ];
    const raw = world.call('vault', 'open', call, ...identity, ...part, ...reason, '--raw');
    expect(JSON.parse(raw.stdout)).toMatchObject({
      params: { arguments: { message: 'red \u001b[31m alert' } },
    });
    await kill(hub, 'SIGTERM');
    const entries = (await openLeaves(world)).filter(
      ({ leaf: one }) => one.kind === 'vault.opened',
    );
    expect(entries).toHaveLength(2);
    expect(entries[0]?.leaf).toMatchObject({
      call,
      detail: {
        reason: 'audit_of_May',
        key: expect.stringMatching(/^age1/),
        by: expect.anything(),
      },
    });
    const copy = join(world.folder, 'copy');
    cpSync(join(world.state, 'ledger'), copy, { recursive: true });
    const offline = world.call('vault', 'open', call, ...identity, '--dir', copy);
    expect(offline).toMatchObject({ code: 0 });
    expect(offline.stderr).toContain('not recorded anywhere: these are copied files');
  },
  { timeoutMs: 120_000 },
);
