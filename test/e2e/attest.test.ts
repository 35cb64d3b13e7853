import { once } from 'node:events';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  IDENTITY_META_KEY,
  type IdentityEvidence,
  metaOf,
  parseMessage,
  type Request,
  systemClock,
} from '@spoor/core';
import { readTrust, verifyIdentity } from '@spoor/edge/identity';
import { describe, expect, test } from 'vitest';
import { callOf } from '../../packages/edge/src/evidence.ts';
import { verifies } from '../verifies.ts';
import { all, World } from './support.ts';

/** What the hub's verifier makes of evidence, where this row is its trust. */
async function worth(row: string, evidence: IdentityEvidence, server = 'files') {
  const trust = readTrust({ issuers: [JSON.parse(row)] }, 'trust.yaml', systemClock);
  const context = { server, session: 's', id: 'c', nowMs: Date.now() };
  const { level, principal, evidence: words } = await verifyIdentity(evidence, context, trust);
  await trust.close();
  return { level, principal, words };
}

function requestOf(line: string): Request {
  const message = parseMessage({ kind: 'line', bytes: Buffer.from(line) });
  if (message.kind !== 'request') throw new Error(`no request: ${line}`);
  return message;
}

const evidenceIn = (request: Request): IdentityEvidence => {
  const call = callOf(request);
  const meta = JSON.stringify(metaOf(request.params)[IDENTITY_META_KEY]);
  return { meta, ...(call === undefined ? {} : { call }) };
};

const CALL =
  '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"read","arguments":{"path":"é"}}}';

/** With `input` on its standard input, to its end. */
async function piped(world: World, input: string, ...words: string[]): Promise<string> {
  const child = world.spoor('attest', ...words);
  const said = all(child.stdout);
  const complained = all(child.stderr);
  child.stdin.end(input);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`exit ${code}: ${await complained}`);
  return Buffer.from(await said, 'latin1').toString();
}

for (const flags of [[], ['--es256'], ['--iss', 'https://planner.example.com', '--aud', 'corp']]) {
  verifies(
    'attest:command',
    async () => {
      const world = new World();
      const made = world.call('attest', 'keygen', '--out', 'key.pem', '--json', ...flags);
      expect(made.code).toBe(0);
      const yaml = world.call('attest', 'public', '--key', 'key.pem', ...flags).stdout;
      const members = Object.entries(JSON.parse(made.stdout) as object);
      const lines = members.map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
      expect(yaml).toBe(`- ${lines.join('\n  ')}\n`);
      const whose = flags.includes('--iss') ? flags : [];
      const common = ['--key', 'key.pem', '--server', 'files'];
      // A session of its own.
      const own = ['call', ...common, ...whose, '--sub', 'ann', '--agent', 'planner'];
      const notification = '{"jsonrpc":"2.0","method":"notifications/progress"}';
      const [first = '', kept, second = ''] = (
        await piped(world, `${CALL}\n${notification}\n${CALL}\n`, ...own)
      ).split('\n');
      expect(kept).toBe(notification);
      for (const line of [first, second]) {
        const { level, principal } = await worth(made.stdout, evidenceIn(requestOf(line)));
        expect(level).toBe('attested');
        expect(principal).toMatchObject({ subject: 'ann', actors: ['planner'] });
      }
      // One that was opened before.
      const opened = world.call('attest', 'open', '--key', 'key.pem', ...whose, '--sub', 'bob');
      writeFileSync(join(world.folder, 'token'), opened.stdout);
      const byFile = await piped(world, CALL, 'call', ...common, '--txn', 'token');
      const byPipe = await piped(
        world,
        `${opened.stdout}${CALL}\n`,
        'call',
        ...common,
        '--txn',
        '-',
      );
      for (const line of [byFile, byPipe]) {
        const { level, principal } = await worth(made.stdout, evidenceIn(requestOf(line)));
        expect([level, principal?.subject]).toEqual(['attested', 'bob']);
      }
      // The same call elsewhere, or another call with the same proof, proves nothing.
      const proved = requestOf(first);
      expect((await worth(made.stdout, evidenceIn(proved), 'mail')).words).toContain('hop');
      const other = { ...proved, params: { ...proved.params, arguments: { path: '/' } } };
      expect((await worth(made.stdout, evidenceIn(other))).words).toContain('digest');
    },
    { case: flags.join(' ') || 'Ed25519', timeoutMs: 60_000 },
  );
}

describe('a private key', () => {
  verifies('attest:key-safe', async () => {
    const world = new World();
    const made = world.call('attest', 'keygen', '--out', 'key.pem', '--json');
    const path = join(world.folder, 'key.pem');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    const pem = readFileSync(path, 'utf8');
    const [, secret = ''] = pem.split('\n');
    expect(secret.length).toBeGreaterThan(40);
    const again = world.call('attest', 'keygen', '--out', 'key.pem');
    expect([again.code, again.stderr]).toEqual([73, expect.stringContaining('ATTEST_KEY_EXISTS')]);
    expect(readFileSync(path, 'utf8')).toBe(pem);
    const shown = world.call('attest', 'public', '--key', 'key.pem', '--json');
    expect(JSON.parse(shown.stdout)).toEqual(JSON.parse(made.stdout));
    const lines = await piped(
      world,
      CALL,
      'call',
      '--key',
      'key.pem',
      '--sub',
      'a',
      '--server',
      's',
    );
    for (const text of [made.stdout, made.stderr, shown.stdout, lines])
      expect(text).not.toContain(secret.slice(20, 60));
    chmodSync(path, 0o644);
    if (process.platform === 'win32') return;
    const open = world.call('attest', 'open', '--key', 'key.pem', '--sub', 'a');
    expect([open.code, open.stderr]).toEqual([77, expect.stringContaining('ATTEST_KEY_OPEN')]);
  });
});

test('what cannot be proved is refused with a code', async () => {
  const world = new World();
  world.call('attest', 'keygen', '--out', 'key.pem');
  const call = ['call', '--key', 'key.pem', '--server', 's', '--sub', 'a'];
  const refused: readonly [string, readonly string[], string][] = [
    ['[]', call, 'ATTEST_REQUEST'],
    ['{"jsonrpc":"2.0","id":1,"id":2,"method":"x"}', call, 'ATTEST_REQUEST'],
    ['no token\n', ['call', '--key', 'key.pem', '--server', 's', '--txn', '-'], 'ATTEST_TOKEN'],
    ['', ['call', '--key', 'none.pem', '--server', 's', '--sub', 'a'], 'ATTEST_KEY_INVALID'],
    ['', ['open', '--key', 'key.pem'], 'USAGE'],
    ['', ['open', '--key', 'key.pem', '--sub', 'a', '--life', '900'], 'ATTEST_SESSION'],
    ['', ['open', '--key', 'key.pem', '--sub', 'a', '--basis', 'guess'], 'USAGE'],
  ];
  for (const [input, words, code] of refused)
    await expect(piped(world, input, ...words), code).rejects.toThrow(code);
});
