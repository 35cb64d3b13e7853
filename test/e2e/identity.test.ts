import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Alert,
  type IdentityLevel,
  metaOf,
  type Observation,
  type Page,
  type SessionDetail,
  type SessionView,
} from '@spoor/core';
import { expect, onTestFinished } from 'vitest';
import { startBridge } from '../conformance/bridge.ts';
import type { HostScript } from '../fixtures/attesting-host.ts';
import { verifies } from '../verifies.ts';
import { IdentityStage, RESOURCE, SEEN_SERVER } from './identity-stage.ts';
import { firstLine, until, type World } from './support.ts';

const set = (...flags: string[]): Promise<IdentityStage> =>
  IdentityStage.set((end) => onTestFinished(end), ...flags);

/** The session in which a server was called, when all its calls have ended. */
async function sessionOn(world: World, server: string, calls: number): Promise<SessionDetail> {
  const { rows } = await until(
    () => world.api<Page<SessionView>>('sessions'),
    (page) => page.rows.some((row) => row.servers.includes(server) && row.calls >= calls),
  );
  const { id } = rows.find((row) => row.servers.includes(server)) ?? { id: '' };
  return until(
    () => world.api<SessionDetail>(`sessions/${id}`),
    ({ observations }) =>
      callsOf(observations).filter(({ outcome }) => outcome === 'ok').length >= calls,
  );
}

const callsOf = (all: readonly Observation[]): readonly Observation[] =>
  all.filter(({ kind }) => kind === 'tool.call');

/** No server saw evidence, and everything else as its client sent it. */
function expectClean(seen: readonly string[]): void {
  expect(seen).toHaveLength(2);
  for (const line of seen) {
    const { params } = JSON.parse(line) as { params: { name: string } };
    expect(params.name).toBe('look');
    expect(line).not.toContain('dev.spoor');
    expect(Object.keys(metaOf(params)).filter((key) => key !== 'traceparent')).toEqual([]);
  }
}

const LEVELS: Readonly<Record<Exclude<HostScript['how'], 'joined'>, IdentityLevel>> = {
  not: 'unverified',
  attested: 'attested',
  verified: 'verified',
  tampered: 'conflict',
};

for (const over of ['stdio', 'gateway'] as const) {
  verifies(
    'identity:whole-way',
    async () => {
      const stage = await set();
      const { world } = stage;
      const playing = Object.entries(LEVELS) as [HostScript['how'], IdentityLevel][];
      for (const [how, level] of playing) {
        const server = `${how}-server`;
        const url = over === 'gateway' ? await gatewayTo(world, server) : undefined;
        const seen = await stage.play({ how, server, ...(url === undefined ? {} : { url }) });
        expectClean(seen);
        const { session, observations } = await sessionOn(world, server, 2);
        const said = callsOf(observations).map(({ principal }) => principal.evidence);
        expect([how, session.level], JSON.stringify(said)).toEqual([how, level]);
        expect(callsOf(observations).map(({ principal }) => principal.level)).toEqual([
          level,
          level,
        ]);
      }
      const { rows } = await until(
        () => world.api<Page<Alert>>('alerts?identity=conflict'),
        (page) => page.rows.length > 0,
      );
      expect(rows.map(({ rule, detection }) => [rule.id, detection.who?.level])).toEqual([
        ['identity-conflict', 'conflict'],
      ]);
      const ordered = await world.api<Page<SessionView>>('sessions?sort=identity');
      expect(ordered.rows.map(({ level }) => level)).toEqual([
        'conflict',
        'unverified',
        'attested',
        'verified',
      ]);
      expectNothingKept(world);
    },
    { case: over, timeoutMs: 120_000 },
  );
}

/** In front of a server of its own, which speaks HTTP. */
async function gatewayTo(world: World, name: string): Promise<string> {
  const bridge = await startBridge(SEEN_SERVER);
  onTestFinished(() => bridge.close());
  const child = world.spoor('gateway', '--port', '0', '--name', name, '--url', bridge.url);
  return (await firstLine(child)).replace(/^.* listening on /, '');
}

/** A gateway that is a resource of its own: its tokens are for it. */
async function resourceGateway({ world, issuer }: IdentityStage, name: string): Promise<string> {
  const bridge = await startBridge(SEEN_SERVER);
  onTestFinished(() => bridge.close());
  const authorization = { resource: RESOURCE, issuer, keys: `${issuer}/jwks` };
  const upstream = { name, url: bridge.url, path: '/mcp', authorization };
  const file = join(world.folder, 'gateway.yaml');
  writeFileSync(file, JSON.stringify({ port: 0, upstreams: [upstream] }));
  const child = world.spoor('gateway', '--file', file);
  return (await firstLine(child)).replace(/^.* listening on /, '');
}

verifies(
  'identity:whole-way',
  async () => {
    const stage = await set();
    const { world } = stage;
    const url = await resourceGateway(stage, 'guarded');
    const bearer = await stage.access('ann');
    const seen = await stage.play({ how: 'not', server: 'guarded', url, bearer });
    expectClean(seen);
    const { session, observations } = await sessionOn(world, 'guarded', 2);
    expect(session.level).toBe('verified');
    const [call] = callsOf(observations);
    expect(call?.principal.evidence).toContain('access-token');
    // Of the person there is a keyed pseudonym, and of the token nothing.
    expect(JSON.stringify(observations)).not.toMatch(/"ann"|eyJ/);
    expectNothingKept(world);
  },
  { case: 'an access token at a gateway that it is for', timeoutMs: 60_000 },
);

verifies(
  'identity:handed-over',
  async () => {
    const stage = await set();
    const { world } = stage;
    // Whose token it is stays between client and server: here it is a claim, and no more.
    const seen: (string | undefined)[] = [];
    const bridge = await startBridge(SEEN_SERVER);
    onTestFinished(() => bridge.close());
    const child = world.spoor('gateway', '--port', '0', '--name', 'open', '--url', bridge.url);
    const url = (await firstLine(child)).replace(/^.* listening on /, '');
    for (const user of ['ann', 'bob'])
      await stage.play({ how: 'not', server: 'open', url, bearer: await stage.access(user) });
    const { rows } = await until(
      () => world.api<Page<SessionView>>('sessions'),
      (page) => page.rows.filter(({ calls }) => calls === 2).length === 2,
    );
    for (const { id, level } of rows) {
      expect(level).toBe('unverified');
      const { observations } = await world.api<SessionDetail>(`sessions/${id}`);
      const [call] = callsOf(observations);
      expect(call?.principal.evidence).toContain('unchecked-token');
      seen.push(call?.principal.claimed?.sub_p);
      expect(JSON.stringify(observations)).not.toMatch(/"ann"|"bob"|eyJ/);
    }
    expect(new Set(seen).size).toBe(2);
    expectNothingKept(world);
  },
  { case: 'a token that is for the server behind a gateway', timeoutMs: 60_000 },
);

/** Without an auditor nothing is sealed, so no token or proof may lie anywhere. */
function expectNothingKept(world: World): void {
  const files = readdirSync(world.state, { recursive: true, withFileTypes: true });
  for (const file of files.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name);
    // A hub at work removes files of its own.
    const bytes = existsSync(path) ? readFileSync(path).toString('latin1') : '';
    expect(bytes, file.name).not.toMatch(/eyJhbGciOi[A-Za-z0-9_-]+\.eyJ/);
  }
}

verifies(
  'identity:whole-way',
  async () => {
    const stage = await set();
    const seen = await stage.play({ how: 'joined', server: 'own', command: SEEN_SERVER });
    expectClean(seen);
    const { session, observations } = await sessionOn(stage.world, 'own', 2);
    expect(session.level).toBe('attested');
    expect(callsOf(observations)[0]?.principal.evidence).toContain('orchestrator');
  },
  { case: 'a program that is joined to the hub itself', timeoutMs: 60_000 },
);

verifies(
  'attest:wrapper',
  async () => {
    const stage = await set();
    const { world } = stage;
    world.env.SPOOR_ATTEST_KEY = join(world.folder, 'planner.pem');
    world.env.SPOOR_ATTEST_ISSUER = stage.orchestrator;
    world.env.SPOOR_ATTEST_AUDIENCE = stage.domain;
    expectClean(await stage.play({ how: 'not', server: 'files' }));
    const { session, observations } = await sessionOn(world, 'files', 2);
    expect(session.level).toBe('attested');
    expect(callsOf(observations)[0]?.principal.evidence).toContain('orchestrator');
    expectNothingKept(world);
  },
  { case: 'the whole way', timeoutMs: 60_000 },
);

verifies(
  'identity:kept-back',
  async () => {
    const stage = await set();
    stage.world.env.SPOOR_TRUST_IDENTITY = 'true';
    const seen = await stage.play({ how: 'attested', server: 'friend' });
    for (const line of seen) expect(line).toContain('"dev.spoor/identity":{"v":1,"txn":"eyJ');
    expect((await sessionOn(stage.world, 'friend', 2)).session.level).toBe('attested');
  },
  { case: 'a server that is allowed, the whole way', timeoutMs: 60_000 },
);

verifies(
  'identity:shown',
  async () => {
    const stage = await set('--mode', 'enforce');
    const { world } = stage;
    await stage.play({ how: 'tampered', server: 'files', user: 'ann' });
    await sessionOn(world, 'files', 2);
    const { rows } = await until(
      () => world.api<Page<Alert>>('alerts?status=all'),
      (page) => page.rows.length > 0,
    );
    const [alert] = rows;
    const words = world.call('why').stdout;
    // An alert that denied nothing has no case to explain.
    if (alert?.case === undefined) expect(words).toContain('No call was denied');
    else expect(words).toContain('✕ conflict');
    expect(world.call('why', '--identity', 'sure').code).toBe(2);
    expect(world.call('approvals', '--identity', 'verified').stdout).toBe(
      'No call of that level waits for a person.\n',
    );
  },
  { case: 'the command line', timeoutMs: 60_000 },
);
