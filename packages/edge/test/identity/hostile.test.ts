import fc from 'fast-check';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { verifyIdentity } from '../../src/identity/index.ts';
import { callOf, contextOf, Maker, NOW_S } from './maker.ts';

const maker = await Maker.make();
const trust = maker.trust();
const honest = await maker.txnClaims();

const part = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.constantFrom(
    '{"alg":"Ed25519","typ":"txntoken+jwt","kid":"i1"}',
    '{"alg":"Ed25519","typ":"mcp-call-proof+jwt"}',
    '{"alg":"none"}',
    JSON.stringify(honest),
    JSON.stringify({ iss: honest.iss, sub: 'x', exp: NOW_S + 9 }),
  ),
);
const jws = fc
  .array(part, { minLength: 2, maxLength: 5 })
  .map((parts) => parts.map((one) => Buffer.from(one).toString('base64url')).join('.'));
const text = fc.oneof(fc.string(), jws);
const meta = fc.oneof(
  fc.string(),
  fc.json(),
  fc.record({ v: fc.constant(1), txn: text, proof: text }).map((one) => JSON.stringify(one)),
);

verifies('identity:hostile', async () => {
  await fc.assert(
    fc.asyncProperty(meta, fc.option(text), async (told, bearer) => {
      const evidence = { meta: told, call: callOf(), ...(bearer === null ? {} : { bearer }) };
      const { level, principal } = await verifyIdentity(evidence, contextOf(), trust);
      expect(['conflict', 'unverified']).toContain(level);
      expect(principal).toBeUndefined();
    }),
    { numRuns: 3_000 },
  );
});

verifies(
  'identity:hostile',
  async () => {
    // Signed by the issuer's own key, with claims that no issuer would make.
    const claims = fc.record(
      Object.fromEntries(
        Object.entries(honest).map(([name, value]) => [
          name,
          fc.oneof({ weight: 12, arbitrary: fc.constant(value) }, fc.jsonValue()),
        ]),
      ),
      { requiredKeys: [] },
    );
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(claims, async (over) => {
        const all = { ...honest, ...over };
        const txn = await maker.txn(all);
        const proof = await maker.proof(txn);
        const evidence = { meta: JSON.stringify({ v: 1, txn, proof }), call: callOf() };
        const { level, principal } = await verifyIdentity(evidence, contextOf(), maker.trust());
        seen.add(level);
        if (level !== 'verified' && level !== 'attested') return;
        expect(all).toMatchObject({ iss: honest.iss, aud: honest.aud, txn: honest.txn });
        expect(all.cnf).toEqual(honest.cnf);
        expect(principal?.subject).toBe(all.sub);
      }),
      { numRuns: 300 },
    );
    expect(seen).toContain('conflict');
  },
  { case: 'claims of any shape, well signed', timeoutMs: 30_000 },
);
