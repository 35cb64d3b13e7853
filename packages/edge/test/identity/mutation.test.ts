import fc from 'fast-check';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { verifyIdentity } from '../../src/identity/index.ts';
import { contextOf, evidenceOf, Maker } from './maker.ts';

const RUNS = 2_000;

for (const alg of ['Ed25519', 'ES256', 'RS256'])
  verifies(
    'identity:one-byte',
    async () => {
      const maker = await Maker.make(alg);
      const trust = maker.trust();
      const txn = await maker.txn();
      const proof = await maker.proof(txn);
      const at = fc.record({
        inTxn: fc.boolean(),
        at: fc.nat(),
        byte: fc.integer({ min: 0, max: 255 }),
      });
      const levels = { conflict: 0, unverified: 0 };
      await fc.assert(
        fc.asyncProperty(at, async ({ inTxn, at: where, byte }) => {
          const text = Buffer.from(inTxn ? txn : proof, 'latin1');
          const place = where % text.length;
          fc.pre(text[place] !== byte);
          text[place] = byte;
          const changed = text.toString('latin1');
          const evidence = inTxn ? evidenceOf(changed, proof) : evidenceOf(txn, changed);
          const { level, principal } = await verifyIdentity(evidence, contextOf(), trust);
          expect(['conflict', 'unverified']).toContain(level);
          expect(principal).toBeUndefined();
          if (level === 'conflict' || level === 'unverified') levels[level] += 1;
        }),
        { numRuns: RUNS },
      );
      expect(levels.conflict).toBeGreaterThan(0);
      // The untouched original still holds: nothing of what was refused is remembered.
      const original = await verifyIdentity(evidenceOf(txn, proof), contextOf(), trust);
      expect(original.level).toBe('verified');
    },
    { case: alg, timeoutMs: 60_000 },
  );

verifies(
  'identity:one-byte',
  async () => {
    const maker = await Maker.make();
    const trust = maker.trust();
    const txn = await maker.txn();
    const proof = await maker.proof(txn);
    for (const which of ['txn', 'proof'] as const) {
      const text = which === 'txn' ? txn : proof;
      for (let at = 0; at < text.length; at++) {
        const other = text[at] === 'A' ? 'B' : 'A';
        const changed = text.slice(0, at) + other + text.slice(at + 1);
        const evidence = which === 'txn' ? evidenceOf(changed, proof) : evidenceOf(txn, changed);
        const { level } = await verifyIdentity(evidence, contextOf(), trust);
        expect(['conflict', 'unverified'], `${which} ${at}`).toContain(level);
      }
    }
  },
  { case: 'each letter in turn', timeoutMs: 60_000 },
);
