import { createHmac } from 'node:crypto';
import type { IdentityEvidence } from '@spoor/core';
import { UnsecuredJWT } from 'jose';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import {
  type IdentityContext,
  type IdentityLevel,
  type IdentityTrust,
  verifyIdentity,
} from '../../src/identity/index.ts';
import { ReplayCache } from '../../src/identity/replay.ts';
import {
  callOf,
  contextOf,
  evidenceOf,
  ISSUER,
  Maker,
  NOW_S,
  newKey,
  PARAMS,
  sign,
  TRACEPARENT,
  trustOf,
} from './maker.ts';

/** What a forger sends, and what the verifier must at least call it. */
interface Forgery {
  readonly evidence: IdentityEvidence;
  readonly trust?: IdentityTrust;
  readonly context?: Partial<IdentityContext>;
  /** Sent before, and honest. */
  readonly before?: readonly IdentityEvidence[];
  readonly level: Extract<IdentityLevel, 'conflict' | 'unverified'>;
  readonly failure: string;
}

const maker = await Maker.make();
const other = await Maker.make('Ed25519', 'o1');
const rsa = await Maker.make('RS256', 'r1');
const key = maker.issuerKey;

/** An honest proof for a token that is made as told. */
const withTxn = async (txn: string): Promise<IdentityEvidence> =>
  evidenceOf(txn, await maker.proof(txn));
/** An honest token with a proof that is made as told. */
async function withProof(over: object, header: object = {}): Promise<IdentityEvidence> {
  const txn = await maker.txn();
  return evidenceOf(txn, await maker.proof(txn, over, header));
}

const act = (depth: number): object =>
  depth === 0 ? { sub: 'a' } : { sub: 'a', act: act(depth - 1) };

const TABLE: Readonly<Record<string, () => Promise<Forgery>>> = {
  'alg none': async () => {
    const txn = new UnsecuredJWT(await maker.txnClaims()).encode();
    return { evidence: await withTxn(`${txn}AAAA`), level: 'conflict', failure: 'algorithm' };
  },
  'alg none without a signature': async () => {
    const txn = new UnsecuredJWT(await maker.txnClaims()).encode();
    return { evidence: await withTxn(txn), level: 'conflict', failure: 'malformed' };
  },
  'HS256 with the public key as secret': async () => {
    const head = { alg: 'HS256', typ: 'txntoken+jwt', kid: 'r1' };
    const parts = [head, await rsa.txnClaims()].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signed = parts.join('.');
    const secret = JSON.stringify(rsa.issuerKey.jwk);
    const mac = createHmac('sha256', secret).update(signed).digest('base64url');
    const txn = `${signed}.${mac}`;
    const evidence = evidenceOf(txn, await rsa.proof(txn));
    return { evidence, trust: rsa.trust(), level: 'conflict', failure: 'algorithm' };
  },
  'an algorithm that this issuer does not use': async () => ({
    evidence: await maker.evidence(),
    trust: trustOf([rsa.row({ algorithms: ['RS256'] })]),
    level: 'conflict',
    failure: 'algorithm',
  }),
  'wrong audience of the token': async () => ({
    evidence: await maker.evidence({}, { aud: 'somebody.else' }),
    level: 'conflict',
    failure: 'audience',
  }),
  'stale token': async () => ({
    evidence: await maker.evidence({}, { iat: NOW_S - 300, exp: NOW_S - 61 }),
    level: 'unverified',
    failure: 'expired',
  }),
  'token not yet valid': async () => ({
    evidence: await maker.evidence({}, { iat: NOW_S + 61, exp: NOW_S + 200 }),
    level: 'unverified',
    failure: 'not-yet-valid',
  }),
  'token that lives too long': async () => ({
    evidence: await maker.evidence({}, { exp: NOW_S + 3_600 }),
    level: 'conflict',
    failure: 'lifetime',
  }),
  'stale proof': async () => ({
    evidence: await withProof({ iat: NOW_S - 61 }),
    level: 'conflict',
    failure: 'stale-proof',
  }),
  'proof of the future': async () => ({
    evidence: await withProof({ iat: NOW_S + 61 }),
    level: 'conflict',
    failure: 'stale-proof',
  }),
  'the same proof again': async () => {
    const evidence = await maker.evidence();
    return { evidence, before: [evidence], level: 'conflict', failure: 'replay' };
  },
  'the same jti in another proof': async () => {
    const before = [await withProof({ jti: 'one-and-the-same' })];
    const evidence = await withProof({ jti: 'one-and-the-same' });
    return { evidence, before, level: 'conflict', failure: 'replay' };
  },
  'the same try of one call again': async () => {
    const before = [await withProof({ idem: 'call-1', rtry: 1 })];
    const evidence = await withProof({ idem: 'call-1', rtry: 1 });
    return { evidence, before, level: 'conflict', failure: 'replay' };
  },
  'a number that has come': async () => ({
    before: [await withProof({ seq: 900 })],
    evidence: await withProof({ seq: 900 }),
    level: 'conflict',
    failure: 'sequence',
  }),
  'a number far behind': async () => ({
    before: [await withProof({ seq: 900 })],
    evidence: await withProof({ seq: 836 }),
    level: 'conflict',
    failure: 'sequence',
  }),
  'proof pasted to other parameters': async () => {
    const call = callOf({ ...PARAMS, arguments: { to: 'b@example.com', sum: 7 } });
    const txn = await maker.txn();
    const evidence = evidenceOf(txn, await maker.proof(txn), call);
    return { evidence, level: 'conflict', failure: 'digest' };
  },
  'proof pasted to another tool': async () => ({
    evidence: { ...(await maker.evidence()), call: { ...callOf(), nm: 'delete' } },
    level: 'conflict',
    failure: 'name',
  }),
  'proof pasted to another method': async () => ({
    evidence: { ...(await maker.evidence()), call: { ...callOf(), mth: 'prompts/get' } },
    level: 'conflict',
    failure: 'method',
  }),
  'proof pasted to another request': async () => ({
    evidence: { ...(await maker.evidence()), call: { ...callOf(), rid: '7' } },
    level: 'conflict',
    failure: 'request',
  }),
  'proof pasted to another session of the host': async () => ({
    before: [await maker.evidence()],
    evidence: await maker.evidence(),
    context: { session: 'hub-session-2' },
    level: 'conflict',
    failure: 'session',
  }),
  'proof pasted beside another token': async () => {
    const proof = await maker.proof(await maker.txn());
    const evidence = evidenceOf(await maker.txn({ sub: 'admin' }), proof);
    return { evidence, level: 'conflict', failure: 'token-binding' };
  },
  'token of another user for the same session': async () => ({
    before: [await maker.evidence()],
    evidence: await maker.evidence({}, { sub: 'admin' }),
    level: 'conflict',
    failure: 'subject',
  }),
  'proof pasted into another trace': async () => {
    const tp = TRACEPARENT.replace('4bf9', '5bf9');
    const evidence = { ...(await maker.evidence()), call: { ...callOf(), tp } };
    return { evidence, level: 'conflict', failure: 'trace' };
  },
  'token of another trace': async () => ({
    evidence: await maker.evidence({}, { txn: 'f'.repeat(32) }),
    level: 'conflict',
    failure: 'trace',
  }),
  'proof pasted to another server': async () => ({
    evidence: await maker.evidence(),
    context: { server: 'bank' },
    level: 'conflict',
    failure: 'hop',
  }),
  'key in the header (jwk)': async () => {
    const header = { typ: 'txntoken+jwt', jwk: other.issuerKey.jwk };
    const txn = await sign(await maker.txnClaims(), other.issuerKey, header);
    return { evidence: await withTxn(txn), level: 'conflict', failure: 'signature' };
  },
  'key of the proof in its header (jwk)': async () => {
    const txn = await maker.txn();
    const header = { typ: 'mcp-call-proof+jwt', jwk: other.proofKey.jwk };
    const proof = await sign(maker.proofClaims(txn), other.proofKey, header);
    return { evidence: evidenceOf(txn, proof), level: 'conflict', failure: 'signature' };
  },
  'address of keys in the header (jku)': async () => {
    const header = { typ: 'txntoken+jwt', jku: 'https://evil.example/jwks' };
    const txn = await sign(await maker.txnClaims(), other.issuerKey, header);
    return { evidence: await withTxn(txn), level: 'conflict', failure: 'signature' };
  },
  'certificate in the header (x5u, x5c)': async () => {
    const header = { typ: 'txntoken+jwt', x5u: 'https://evil.example/c', x5c: ['AAAA'] };
    const txn = await sign(await maker.txnClaims(), other.issuerKey, header);
    return { evidence: await withTxn(txn), level: 'conflict', failure: 'signature' };
  },
  'a header that must be understood (crit)': async () => ({
    evidence: await withTxn(await maker.txn({}, { crit: ['x'], x: 1 })),
    level: 'conflict',
    failure: 'critical-header',
  }),
  'unknown kid': async () => ({
    evidence: await withTxn(await maker.txn({}, { kid: 'nobody' })),
    level: 'conflict',
    failure: 'unknown-key',
  }),
  'unverified iss': async () => ({
    evidence: await withTxn(
      await sign(await maker.txnClaims({ iss: 'https://evil.example' }), other.issuerKey, {
        typ: 'txntoken+jwt',
      }),
    ),
    level: 'unverified',
    failure: 'unknown-issuer',
  }),
  'key of another issuer': async () => {
    const rows = [maker.row(), other.row({ issuer: 'https://other.example.test' })];
    const header = { typ: 'txntoken+jwt', kid: 'o1' };
    const txn = await sign(await maker.txnClaims(), other.issuerKey, header);
    const evidence = await withTxn(txn);
    return { evidence, trust: trustOf(rows), level: 'conflict', failure: 'unknown-key' };
  },
  'claims with a key twice': async () => {
    const claims = JSON.stringify(await maker.txnClaims()).replace('{', '{"sub":"admin",');
    const txn = await sign(claims, key, { typ: 'txntoken+jwt', kid: 'i1' });
    return { evidence: await withTxn(txn), level: 'conflict', failure: 'malformed' };
  },
  'proof with a key twice': async () => {
    const txn = await maker.txn();
    const claims = JSON.stringify(maker.proofClaims(txn)).replace('{', '{"mth":"x",');
    const proof = await sign(claims, maker.proofKey, { typ: 'mcp-call-proof+jwt' });
    return { evidence: evidenceOf(txn, proof), level: 'conflict', failure: 'malformed' };
  },
  'evidence with a key twice': async () => {
    const { meta = '', call } = await maker.evidence();
    const twice = meta.replace('{', '{"txn":"x",');
    return {
      evidence: { meta: twice, ...(call === undefined ? {} : { call }) },
      level: 'conflict',
      failure: 'malformed',
    };
  },
  'delegation five deep': async () => ({
    evidence: await maker.evidence({}, { act: act(4) }),
    level: 'conflict',
    failure: 'delegation',
  }),
  'cnf of another key': async () => {
    const claims = {
      cnf: { ...((await other.txnClaims()).cnf as object), jwk: maker.proofKey.jwk },
    };
    return {
      evidence: await maker.evidence({}, claims),
      level: 'conflict',
      failure: 'key-binding',
    };
  },
  'cnf without a key that the issuer has': async () => {
    const { jkt } = (await maker.txnClaims()).cnf as { jkt: string };
    return {
      evidence: await maker.evidence({}, { cnf: { jkt } }),
      level: 'conflict',
      failure: 'key-binding',
    };
  },
  'ath of another token': async () => ({
    evidence: await withProof({ ath: 'A'.repeat(43) }),
    level: 'conflict',
    failure: 'token-binding',
  }),
  'a token of a type that is none': async () => ({
    evidence: await withTxn(await maker.txn({}, { typ: 'JWT' })),
    level: 'conflict',
    failure: 'type',
  }),
  'a proof that is a token': async () => {
    const txn = await maker.txn();
    const proof = await maker.proof(txn, {}, { typ: 'txntoken+jwt' });
    return { evidence: evidenceOf(txn, proof), level: 'conflict', failure: 'type' };
  },
  'a Transaction Token as bearer': async () => ({
    evidence: { bearer: await maker.txn() },
    level: 'conflict',
    failure: 'type',
  }),
  'a token without a proof': async () => ({
    evidence: { meta: JSON.stringify({ v: 1, txn: await maker.txn() }), call: callOf() },
    level: 'conflict',
    failure: 'malformed',
  }),
  'a level in the evidence': async () => {
    const { meta = '' } = await maker.evidence();
    const lying = meta.replace('{', '{"level":"verified",');
    const evidence = { meta: lying, call: callOf(), level: 'verified' };
    return { evidence, level: 'conflict', failure: 'malformed' };
  },
  'a request that nobody read': async () => {
    const { meta = '' } = await maker.evidence();
    return { evidence: { meta }, level: 'unverified', failure: 'no-request' };
  },
  'a proof from before the verifier remembered any': async () => ({
    evidence: await maker.evidence(),
    trust: { ...maker.trust(), startedMs: (NOW_S + 2) * 1_000 },
    level: 'unverified',
    failure: 'restarted',
  }),
  'a replay cache that is full': async () => {
    const trust = { ...maker.trust(), replays: new ReplayCache(1) };
    const before = [await maker.evidence()];
    const evidence = await maker.evidence();
    return { evidence, trust, before, level: 'unverified', failure: 'replay-cache-full' };
  },
};

for (const [name, forge] of Object.entries(TABLE)) {
  verifies(
    'identity:forgery',
    async () => {
      const {
        evidence,
        trust = maker.trust(),
        context,
        before = [],
        level,
        failure,
      } = await forge();
      for (const honest of before)
        expect(await verifyIdentity(honest, contextOf(), trust)).toMatchObject({
          level: 'verified',
        });
      const found = await verifyIdentity(evidence, contextOf(context), trust);
      expect(found.level).toBe(level);
      expect(found.failures).toEqual([failure]);
      expect(found.principal).toBeUndefined();
    },
    { case: name },
  );
}

verifies(
  'identity:forgery',
  async () => {
    // The honest ones hold under the same trust, so that what is refused is refused for its fault.
    const trust = trustOf([maker.row(), rsa.row({ issuer: 'https://rsa.example.test' })]);
    const two = [await maker.evidence(), await maker.evidence({}, { act: act(3) })];
    const jwk = await withTxn(await maker.txn({}, { jku: 'https://evil.example', jwk: {} }));
    const es = await newKey('ES256');
    expect(es.jwk.kty).toBe('EC');
    for (const evidence of [...two, jwk]) {
      const found = await verifyIdentity(evidence, contextOf(), trust);
      expect(found).toMatchObject({
        level: 'verified',
        failures: [],
        principal: { issuer: ISSUER, subject: 'user-1' },
      });
    }
  },
  { case: 'what is honest holds, whatever keys its header offers' },
);
