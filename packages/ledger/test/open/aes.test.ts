import { describe, expect, it } from 'vitest';
import { decrypt } from '../../src/open/open.ts';
import { hasVectors, readVector } from '../vectors.ts';

interface Wycheproof {
  readonly testGroups: readonly {
    readonly ivSize: number;
    readonly keySize: number;
    readonly tagSize: number;
    readonly tests: readonly {
      readonly tcId: number;
      readonly key: string;
      readonly iv: string;
      readonly aad: string;
      readonly msg: string;
      readonly ct: string;
      readonly tag: string;
      readonly result: 'valid' | 'invalid';
    }[];
  }[];
}

const FILE = 'wycheproof/testvectors_v1/aes_gcm_test.json';
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('opening', () => {
  it('judges ciphertexts of our sizes as Wycheproof does', ({ skip }) => {
    skip(!hasVectors(FILE));
    const { testGroups }: Wycheproof = JSON.parse(readVector(FILE));
    const ours = testGroups.filter(
      ({ ivSize, keySize, tagSize }) => ivSize === 96 && keySize === 256 && tagSize === 128,
    );
    let judged = 0;
    for (const { tcId, key, iv, aad, msg, ct, tag, result } of ours.flatMap(({ tests }) => tests)) {
      const plaintext = decrypt(hex(key), hex(iv), hex(aad), hex(ct + tag));
      expect(plaintext?.toString('hex'), `case ${tcId}`).toBe(result === 'valid' ? msg : undefined);
      judged++;
    }
    expect(judged).toBeGreaterThan(30);
  });
});
