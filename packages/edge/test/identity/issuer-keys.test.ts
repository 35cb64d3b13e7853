import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { LIMITS } from '@spoor/core';
import type { JWK } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { type IdentityTrust, readTrust, verifyIdentity } from '../../src/identity/index.ts';
import { contextOf, evidenceOf, ISSUER, Maker, newKey, sign } from './maker.ts';

interface Issuer {
  readonly url: string;
  keys: readonly JWK[];
  status: number;
  waitMs: number;
  asked: number;
}

/** A real issuer, that answers as a test says. */
async function startIssuer(keys: readonly JWK[]): Promise<Issuer> {
  const server = createServer(async (_, response) => {
    issuer.asked += 1;
    await delay(issuer.waitMs);
    response.writeHead(issuer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: issuer.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  const issuer: Issuer = { url, keys, status: 200, waitMs: 0, asked: 0 };
  return issuer;
}

interface SetUp {
  readonly maker: Maker;
  readonly issuer: Issuer;
  readonly trust: IdentityTrust;
  /** Lets time pass, for keys. */
  pass(ms: number): void;
  level(): Promise<readonly [string, readonly string[]]>;
}

async function setUp(): Promise<SetUp> {
  const maker = await Maker.make();
  const issuer = await startIssuer([maker.issuerKey.jwk]);
  let nowMs = 0;
  const row = maker.row({ jwks: issuer.url, keys: undefined });
  const rows = { issuers: [JSON.parse(JSON.stringify(row))] };
  const read = readTrust(rows, 'trust.yml', { monotonicMs: () => nowMs });
  const trust = { ...read, keysWaitMs: 10_000 };
  onTestFinished(() => trust.close());
  return {
    maker,
    issuer,
    trust,
    pass: (ms) => {
      nowMs += ms;
    },
    level: async () => {
      const { level, failures } = await verifyIdentity(await maker.evidence(), contextOf(), trust);
      return [level, failures];
    },
  };
}

verifies('identity:keys', async () => {
  const { issuer, pass, level } = await setUp();
  const both = await Promise.all([level(), level(), level()]);
  expect(both.map(([name]) => name)).toEqual(['verified', 'verified', 'verified']);
  expect(issuer.asked).toBe(1);
  issuer.status = 500;
  pass(LIMITS.tokenKeysStaleMs - 1);
  expect(await level()).toEqual(['verified', []]);
  pass(2);
  expect(await level()).toEqual(['unverified', ['keys-unavailable']]);
  issuer.status = 200;
  pass(LIMITS.tokenKeysAskMs);
  expect(await level()).toEqual(['verified', []]);
});

verifies(
  'identity:keys',
  async () => {
    const { maker, issuer, trust, pass } = await setUp();
    const fresh = await newKey('Ed25519', 'i2');
    const txn = await sign(await maker.txnClaims(), fresh, { typ: 'txntoken+jwt', kid: 'i2' });
    const ask = async (): Promise<string> => {
      const evidence = evidenceOf(txn, await maker.proof(txn));
      return (await verifyIdentity(evidence, contextOf(), trust)).level;
    };
    pass(LIMITS.tokenKeysAskMs);
    for (let i = 0; i < 5; i++) expect(await ask()).toBe('conflict');
    // Asked once for the set, and not again for each call with a key that is not in it.
    expect(issuer.asked).toBeLessThanOrEqual(2);
    issuer.keys = [maker.issuerKey.jwk, fresh.jwk];
    pass(LIMITS.tokenKeysAskMs);
    expect(await ask()).toBe('verified');
    const asked = issuer.asked;
    // A key that is taken away is believed no longer, with tokens that were checked before.
    issuer.keys = [maker.issuerKey.jwk];
    pass(LIMITS.tokenKeysFreshMs);
    expect(await ask()).toBe('verified');
    await expect.poll(() => issuer.asked).toBe(asked + 1);
    await expect.poll(ask).toBe('conflict');
  },
  { case: 'a new key is found, and an old one is lost' },
);

test('a call waits for a slow issuer no longer than it may', async () => {
  const { issuer, trust, maker, level } = await setUp();
  issuer.waitMs = 800;
  const hurried = { ...trust, keysWaitMs: 20 };
  const began = performance.now();
  const { level: first, failures } = await verifyIdentity(
    await maker.evidence(),
    contextOf(),
    hurried,
  );
  expect(performance.now() - began).toBeLessThan(700);
  expect([first, failures]).toEqual(['unverified', ['keys-unavailable']]);
  expect(await level()).toEqual(['verified', []]);
});

verifies(
  'identity:keys',
  async () => {
    const { maker, trust } = await setUp();
    const evil = await startIssuer([(await newKey('Ed25519', 'e1')).jwk]);
    const key = await newKey('Ed25519', 'e1');
    const headers = { typ: 'txntoken+jwt', kid: 'e1', jku: evil.url, x5u: evil.url };
    for (const iss of [ISSUER, evil.url, new URL(evil.url).origin]) {
      const txn = await sign(await maker.txnClaims({ iss }), key, headers);
      const { level } = await verifyIdentity(
        evidenceOf(txn, await maker.proof(txn)),
        contextOf(),
        trust,
      );
      expect(['conflict', 'unverified']).toContain(level);
    }
    expect(evil.asked).toBe(0);
  },
  { case: 'nobody is asked on the word of a token' },
);

test.each([
  ['an address and keys', { jwks: 'https://a.example/keys' }],
  ['neither', { keys: undefined }],
  ['no algorithm', { algorithms: [] }],
  ['a symmetric algorithm', { algorithms: ['HS256'] }],
  ['none', { algorithms: ['none'] }],
  ['a private key', { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AA', d: 'AA' }] }],
  ['a secret', { keys: [{ kty: 'oct', k: 'AA' }] }],
  ['a key for another algorithm', { algorithms: ['RS256'] }],
  ['a word that nobody knows', { trusted: true }],
  ['an address without TLS or HTTP', { keys: undefined, jwks: 'file:///etc/keys' }],
  ['a domain in a wrong form', { kind: 'spiffe' }],
])('a trust file with %s is refused', async (_, over) => {
  const maker = await Maker.make();
  const row = JSON.parse(JSON.stringify(maker.row(over))) as object;
  const read = (): IdentityTrust => readTrust({ issuers: [row] }, 't', { monotonicMs: () => 0 });
  expect(read).toThrow(expect.objectContaining({ code: 'IDENTITY_TRUST_INVALID' }));
});

test('two rows for one issuer are refused', async () => {
  const maker = await Maker.make();
  const issuers = [maker.row(), maker.row()];
  const read = (): IdentityTrust => readTrust({ issuers }, 't', { monotonicMs: () => 0 });
  expect(read).toThrow(expect.objectContaining({ code: 'IDENTITY_TRUST_INVALID' }));
});
