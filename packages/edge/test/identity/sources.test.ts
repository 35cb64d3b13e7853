import { randomUUID } from 'node:crypto';
import { IDENTITY_EVIDENCE } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import {
  type IdentityContext,
  type IdentityResult,
  type IdentityTrust,
  verifyIdentity,
} from '../../src/identity/index.ts';
import { AttestedSessions, ReplayCache } from '../../src/identity/replay.ts';
import { callOf, contextOf, evidenceOf, Maker, NOW_S, sign, trustOf } from './maker.ts';

const IDP = 'https://idp.example.test';
const GATEWAY = 'https://gateway.example.test/crm';
const maker = await Maker.make();
const idp = await Maker.make('RS256', 'idp-1');
const planner = await Maker.make('ES256', 'p1');
const spire = await Maker.make('ES256', 'spire-1');

const rows: readonly object[] = [
  maker.row({ 'subjects-of': IDP }),
  idp.row({ issuer: IDP, kind: 'idp', audience: GATEWAY }),
  planner.row({ issuer: 'planner', kind: 'orchestrator', audience: ['spoor.example.test'] }),
  spire.row({ issuer: 'spiffe://example.test', kind: 'spiffe', audience: 'spoor' }),
  { issuer: 'laptop', kind: 'enrolled' },
];
const trust: IdentityTrust = trustOf(rows, { servers: { bank: [GATEWAY] } });

const accessToken = (over: object = {}, header: object = {}): Promise<string> => {
  const claims = { iss: IDP, aud: GATEWAY, sub: 'user-1', iat: NOW_S, exp: NOW_S + 600 };
  return sign({ ...claims, ...over }, idp.issuerKey, { typ: 'at+jwt', kid: 'idp-1', ...header });
};
const svid = (over: object = {}): Promise<string> => {
  const claims = { sub: 'spiffe://example.test/agent', aud: 'spoor', exp: NOW_S + 60 };
  return sign({ ...claims, ...over }, spire.issuerKey, { typ: 'JWT', kid: 'spire-1' });
};
async function opened(over: object = {}): Promise<string> {
  const { txn: _, req_wl: __, scope: ___, ...claims } = await planner.txnClaims({ iss: 'planner' });
  const header = { typ: 'mcp-session-open+jwt', kid: 'p1' };
  return sign({ ...claims, exp: NOW_S + 7_200, ...over }, planner.issuerKey, header);
}

const check = (
  evidence: Parameters<typeof verifyIdentity>[0],
  context: Partial<IdentityContext> = {},
): Promise<IdentityResult> => verifyIdentity(evidence, contextOf(context), trust);

const LAPTOP = { node: 'laptop', server: 'crm@laptop' };
const OTHER = { node: 'other', server: 'crm@other' };

type Row = readonly [string, () => Promise<IdentityResult>, string, readonly string[]];

/** What each source is worth, as the table in docs/identity.md says. */
const SOURCES: readonly Row[] = [
  [
    'an access token',
    async () => check({ bearer: await accessToken() }),
    'verified',
    ['access-token'],
  ],
  [
    'an access token by an enrolled machine',
    async () => check({ bearer: await accessToken() }, OTHER),
    'attested',
    ['access-token', 'enrolled'],
  ],
  [
    'an ID-JAG',
    async () => {
      const more = { jti: randomUUID(), client_id: 'agent' };
      return check({ bearer: await accessToken(more, { typ: 'oauth-id-jag+jwt' }) });
    },
    'verified',
    ['id-jag'],
  ],
  ['a JWT-SVID', async () => check({ bearer: await svid() }), 'attested', ['jwt-svid']],
  ['a Transaction Token', async () => check(await maker.evidence()), 'verified', ['txn-token']],
  [
    'a Transaction Token of no user',
    async () => check(await maker.evidence({}, { rctx: {} })),
    'attested',
    ['txn-token'],
  ],
  [
    'the opening of a session',
    async () => {
      const txn = await opened({ rctx: { lvl_basis: 'id_token' } });
      return check(evidenceOf(txn, await planner.proof(txn)));
    },
    'attested',
    ['orchestrator'],
  ],
  ['an enrolled machine of the trust file', () => check({}, LAPTOP), 'attested', ['enrolled']],
  ['another enrolled machine', () => check({}, OTHER), 'unverified', ['enrolled']],
  ['nothing', () => check({}), 'unverified', []],
];

for (const [name, ask, level, evidence] of SOURCES)
  verifies(
    'identity:sources',
    async () => {
      const found = await ask();
      expect(found).toMatchObject({ level, evidence, failures: [] });
      for (const word of found.evidence) expect(IDENTITY_EVIDENCE).toContain(word);
    },
    { case: name },
  );

describe('two sources', () => {
  test('that name one subject count as the better one', async () => {
    const evidence = { ...(await maker.evidence()), bearer: await accessToken() };
    expect(await check(evidence)).toMatchObject({
      level: 'verified',
      evidence: ['access-token', 'txn-token'],
    });
  });

  verifies('identity:conflict', async () => {
    const evidence = { ...(await maker.evidence()), bearer: await accessToken({ sub: 'admin' }) };
    const found = await check(evidence);
    expect(found).toMatchObject({ level: 'conflict', failures: ['sources-differ'] });
    expect(found.principal).toBeUndefined();
  });

  verifies(
    'identity:conflict',
    async () => {
      const wrong = { ...(await maker.evidence()), call: { ...callOf(), nm: 'other' } };
      const found = await check({ ...wrong, bearer: await accessToken() });
      expect(found).toMatchObject({ level: 'conflict', failures: ['name'] });
    },
    { case: 'a good token beside a proof that fails' },
  );
});

test.each([
  ['an access token for somebody else', () => accessToken({ aud: 'https://other.example' })],
  ['an id token', () => accessToken({}, { typ: 'JWT' })],
  ['a token of no type', () => accessToken({}, { typ: undefined })],
  ['a JWT-SVID of another domain’s name', () => svid({ sub: 'spiffe://example.test' })],
])('%s is a conflict', async (_, make) => {
  expect((await check({ bearer: await make() })).level).toBe('conflict');
});

test('another domain is nobody who was named', async () => {
  const bearer = await svid({ sub: 'spiffe://example.test.evil/agent' });
  expect(await check({ bearer })).toMatchObject({
    level: 'unverified',
    failures: ['unknown-issuer'],
  });
});

test('a server has the names that its owner gave it, and its own on its machine', async () => {
  const txn = await maker.txn();
  const prove = async (aud: string, context: Partial<IdentityContext>): Promise<string> =>
    (await check(evidenceOf(txn, await maker.proof(txn, { aud })), context)).level;
  expect(await prove(GATEWAY, { server: 'bank' })).toBe('verified');
  expect(await prove(GATEWAY, { server: 'crm' })).toBe('conflict');
  expect(await prove('crm', LAPTOP)).toBe('verified');
  expect(await prove('crm@laptop', LAPTOP)).toBe('verified');
});

test('a retry has a number of its own, and a call told twice is one call', async () => {
  const txn = await maker.txn({ tctx: { sid: 'retries' } });
  const prove = async (over: object, id: string = randomUUID()): Promise<IdentityResult> =>
    check(evidenceOf(txn, await maker.proof(txn, over)), { id });
  expect((await prove({ idem: 'one', rtry: 0 })).level).toBe('verified');
  expect((await prove({ idem: 'one', rtry: 1 })).level).toBe('verified');
  expect((await prove({ idem: 'one', rtry: 1 })).failures).toEqual(['replay']);
  const evidence = evidenceOf(txn, await maker.proof(txn));
  expect((await check(evidence, { id: 'same' })).level).toBe('verified');
  expect((await check(evidence, { id: 'same' })).level).toBe('verified');
  expect((await check(evidence, { id: 'other' })).failures).toEqual(['replay']);
});

describe('what is remembered', () => {
  test('numbers count once each, in any order within the window', () => {
    const numbers = fc.array(fc.nat({ max: 200 }), { maxLength: 300 });
    fc.assert(
      fc.property(numbers, (all) => {
        const sessions = new AttestedSessions();
        const seen = new Set<number>();
        for (const seq of all) {
          const highest = Math.max(-1, ...seen);
          const wanted = !seen.has(seq) && seq > highest - 64;
          const proof = { aud: 'crm', seq };
          const step = { issuer: 'i', sid: 's', subject: 'u', session: 'h', proof };
          expect(sessions.take(step)).toBe(wanted ? 'ok' : 'sequence');
          if (wanted) seen.add(seq);
        }
      }),
    );
  });

  test('a proof is known for as long as it could be taken again', () => {
    const times = fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(times, (all) => {
        const cache = new ReplayCache();
        const first = new Map<string, number>();
        for (const [at, nowMs] of all.toSorted((a, b) => a - b).entries()) {
          const name = `p${at % 5}`;
          const taken = cache.take([name], `c${at}`, nowMs);
          const sinceMs = first.get(name);
          if (sinceMs !== undefined && nowMs - sinceMs <= 120_000) expect(taken).toBe('replay');
          if (taken === 'fresh') first.set(name, nowMs);
        }
      }),
    );
  });

  test('room that is gone is room again when what took it is stale', () => {
    const cache = new ReplayCache(2);
    expect(cache.take(['a', 'b'], '1', 0)).toBe('fresh');
    expect(cache.take(['c'], '2', 1)).toBe('full');
    expect(cache.take(['a'], '2', 1)).toBe('replay');
    expect(cache.take(['c'], '2', 300_000)).toBe('fresh');
    expect(cache.size).toBe(1);
  });

  test('sessions that are idle make room, and that is counted', () => {
    const sessions = new AttestedSessions(2);
    for (const sid of ['a', 'b', 'c']) {
      const proof = { aud: 'crm', seq: 1 };
      sessions.take({ issuer: 'i', sid, subject: 'u', session: 'h', proof });
    }
    expect(sessions.forgotten).toBe(1);
  });
});
