import type { CryptoKey, JWK } from 'jose';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { checkSignature, readJws } from '../../src/identity/compact.ts';
import { importKey, selectKey } from '../../src/identity/select.ts';
import { TOKEN_ALGORITHMS } from '../../src/token.ts';
import { readVector } from '../vectors.ts';

interface Group {
  readonly comment: string;
  readonly public?: JWK;
  readonly private?: JWK;
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly jws: string | object;
    readonly result: 'valid' | 'invalid';
  }[];
}

const FILE = 'wycheproof/testvectors_v1/json_web_signature_test.json';
const vectors = readVector(FILE) as { readonly testGroups: readonly Group[] } | undefined;

/** As a token of an issuer with this one key is checked, but for its claims. */
async function holds(jws: string | object, key: JWK): Promise<boolean> {
  if (typeof jws !== 'string') return false;
  const read = readJws(jws, TOKEN_ALGORITHMS);
  if (!read.ok) return false;
  const found = selectKey([key], read.value);
  if (!found.ok) return false;
  const imported = await importKey(found.value, read.value.algorithm);
  if (!imported.ok) return false;
  return (await checkSignature(read.value, imported.value as CryptoKey)).ok;
}

/** Valid ones that are refused all the same, each for a reason of its own. */
const STRICTER: ReadonlySet<string> = new Set([
  // Without claims there is nothing to believe.
  'emptyPayload',
  // The key says that it is for another algorithm: PS256 for RS256, and `ES521`, which is none.
  'Figure20',
  'Figure27',
]);

verifies('identity:vectors', async ({ skip }) => {
  if (vectors === undefined) return skip('the vectors are not here');
  const wrong: string[] = [];
  let accepted = 0;
  for (const { public: open, private: secret, tests } of vectors.testGroups) {
    const key = open ?? (secret as JWK);
    for (const { tcId, jws, result, comment } of tests) {
      const does = await holds(jws, key);
      accepted += does ? 1 : 0;
      // Whoever can check a symmetric signature can make one.
      const should = result === 'valid' && key.kty !== 'oct' && !STRICTER.has(comment);
      if (does !== should) wrong.push(`${tcId} ${comment}: ${result}, and accepted: ${does}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(accepted).toBe(26);
});
