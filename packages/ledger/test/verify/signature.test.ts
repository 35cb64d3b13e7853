import { describe, expect, it } from 'vitest';
import { checkByPlatform } from '../../src/platform.ts';
import { isSignature } from '../../src/verify/key.ts';
import { hasVectors, readVector } from '../vectors.ts';

interface Wycheproof {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly msg: string;
      readonly sig: string;
      readonly result: 'valid' | 'invalid';
    }[];
  }[];
}

interface EdgeCase {
  readonly number: number;
  readonly key: string;
  readonly sig: string;
  readonly msg: string;
  readonly flags: readonly string[] | null;
}

const WYCHEPROOF = 'wycheproof/testvectors_v1/ed25519_test.json';
const EDGES = 'C2SP_CCTV/ed25519/ed25519vectors.json';
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('signatures', () => {
  it('are judged as Wycheproof judges them, by both implementations', ({ skip }) => {
    skip(!hasVectors(WYCHEPROOF));
    const { testGroups }: Wycheproof = JSON.parse(readVector(WYCHEPROOF));
    let judged = 0;
    for (const { publicKey, tests } of testGroups) {
      for (const { tcId, msg, sig, result } of tests) {
        for (const check of [isSignature, checkByPlatform]) {
          const accepted = check(hex(sig), hex(msg), hex(publicKey.pk));
          expect(accepted, `${check.name} ${tcId}`).toBe(result === 'valid');
        }
        judged++;
      }
    }
    expect(judged).toBeGreaterThan(140);
  });

  it('at the edges are accepted by the verifier wherever the platform accepts them', ({ skip }) => {
    skip(!hasVectors(EDGES));
    const cases: EdgeCase[] = JSON.parse(readVector(EDGES));
    let accepted = 0;
    for (const { number, key, sig, msg, flags } of cases) {
      const given = [hex(sig), Buffer.from(msg), hex(key)] as const;
      const verdict = isSignature(...given);
      if (verdict) accepted++;
      if (checkByPlatform(...given)) expect(verdict, `case ${number}`).toBe(true);
      // RFC 8032 §5.1.3: no second encoding of the same point.
      if (flags?.some((flag) => flag.startsWith('non_canonical'))) {
        expect(verdict, `case ${number}: ${flags}`).toBe(false);
      }
    }
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(cases.length);
  });
});
