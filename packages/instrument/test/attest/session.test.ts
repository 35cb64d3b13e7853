import { createHmac, generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionOpenClaims } from '@spoor/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { attest, attestKey, logicalCall, openSession, readAttestKey } from '../../src/attest.ts';
import { Wire } from '../support.ts';
import { callOf, claimsBy, ed25519, es256, provedBy, TestClock } from './support.ts';

verifies('attest:renewed', () => {
  const clock = new TestClock();
  const key = ed25519();
  const session = openSession({ key, sub: 'ann', clock });
  const read = (): SessionOpenClaims =>
    claimsBy(key.jwk, 'mcp-session-open+jwt', session.tokenFor().text);
  const seen = new Map<string, number>();
  for (let second = 0; second < 1_200; second += 7) {
    const claims = read();
    expect(claims.exp - claims.iat).toBe(300);
    // Whoever gets it has time to look at it.
    expect(claims.exp * 1_000 - clock.now).toBeGreaterThan(55_000);
    expect(claims.tctx.sid).toBe(session.sid);
    seen.set(claims.jti, claims.iat);
    clock.now += 7_000;
  }
  expect(seen.size).toBe(5);
});

test('a session says who, why and how that is known, and of a prompt only a commitment', () => {
  const key = es256();
  const session = openSession({
    key,
    sub: 'ann',
    aud: ['a', 'b'],
    agent: ['planner', 'scheduler'],
    basis: 'id_token',
    amr: ['mfa'],
    authTimeS: 7,
    intent: 'pay the bill',
    policy: 'payments',
    lifeS: 60,
    claims: { proc: { uid: 1 } },
  });
  const text = session.tokenFor().text;
  const claims = claimsBy<SessionOpenClaims & { proc: unknown }>(
    key.jwk,
    'mcp-session-open+jwt',
    text,
  );
  expect(claims).toMatchObject({
    iss: `urn:ietf:params:oauth:jwk-thumbprint:sha-256:${key.jkt}`,
    aud: ['a', 'b'],
    sub: 'ann',
    act: { sub: 'planner', act: { sub: 'scheduler' } },
    rctx: { lvl_basis: 'id_token', amr: ['mfa'], auth_time: 7 },
    tctx: { policy: 'payments', intent: session.intent?.commitment },
    req_wl: key.jkt,
    proc: { uid: 1 },
  });
  expect(claims.exp - claims.iat).toBe(60);
  const opening = Buffer.from(session.intent?.key ?? '', 'base64url');
  expect(createHmac('sha256', opening).update('pay the bill').digest('base64url')).toBe(
    session.intent?.commitment,
  );
  const other = openSession({ key, sub: 'ann', intent: 'pay the bill' });
  expect(other.intent?.commitment).not.toBe(session.intent?.commitment);
});

test('what a session cannot say is refused', () => {
  const key = ed25519();
  for (const odd of [
    { sub: '' },
    { sub: 'x'.repeat(257) },
    { sub: 'a', lifeS: 301 },
    { sub: 'a', lifeS: 1 },
    { sub: 'a', sid: '' },
    { sub: 'a', claims: { iss: 'somebody else' } },
  ])
    expect(() => openSession({ key, ...odd })).toThrow('out of form');
});

describe('a key', () => {
  test('is the same from PEM, JWK and file', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const jwk = privateKey.export({ format: 'jwk' });
    const folder = mkdtempSync(join(tmpdir(), 'spoor-key-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'key');
    writeFileSync(path, pem, { mode: 0o600 });
    const keys = [privateKey, pem, jwk, JSON.stringify(jwk)].map(attestKey);
    const own = new Set([...keys, readAttestKey(path)].map(({ jkt }) => jkt));
    expect(own.size).toBe(1);
    expect(attestKey({ ...jwk, kid: 'mine' }).jwk.kid).toBe('mine');
    expect(JSON.stringify(keys)).not.toContain(String(jwk.d));
    if (process.platform === 'win32') return;
    chmodSync(path, 0o640);
    expect(() => readAttestKey(path)).toThrow('Others can read');
  });

  test('that cannot sign proofs is refused without showing it', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    for (const odd of [rsa.privateKey, rsa.publicKey, p384.privateKey, 'SECRET', '{"kty":"SECRET'])
      expect(() => attestKey(odd)).toThrow('There is no private key');
    expect(() => attestKey('SECRET')).not.toThrow('SECRET');
  });
});

describe('tries of one call', () => {
  verifies(
    'attest:retries',
    async () => {
      const wire = new Wire();
      const session = openSession({ key: ed25519(), sub: 'ann' });
      attest(wire, { session, server: 's' });
      wire.onmessage = () => undefined;
      const state = { resultType: 'input_required', requestState: 'x', inputRequests: {} };
      await wire.send(callOf(1));
      wire.onmessage?.({ jsonrpc: '2.0', id: 1, result: state });
      await wire.send(callOf(2, { requestState: 'x', inputResponses: {} }));
      await wire.send(callOf(3));
      const [first, leg, other] = wire.sent.map((sent) => provedBy(session.key, sent).proof);
      expect([first?.rtry, leg?.rtry, other?.rtry]).toEqual([0, 1, 0]);
      expect(leg?.idem).toBe(first?.idem);
      expect(other?.idem).not.toBe(first?.idem);
    },
    { case: 'a leg that brings input' },
  );

  verifies(
    'attest:retries',
    async () => {
      const wire = new Wire();
      const session = openSession({ key: ed25519(), sub: 'ann' });
      attest(wire, { session, server: 's' });
      const trying = logicalCall();
      for (const id of [1, 2, 3]) await trying(() => wire.send(callOf(id)));
      await wire.send(callOf(4));
      const proofs = wire.sent.map((sent) => provedBy(session.key, sent).proof);
      expect(proofs.map(({ rtry }) => rtry)).toEqual([0, 1, 2, 0]);
      expect(new Set(proofs.map(({ idem }) => idem)).size).toBe(2);
      expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(4);
    },
    { case: 'an orchestrator that tries again' },
  );
});
