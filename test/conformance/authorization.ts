import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type Checks, type Revision, runClient } from './suite.ts';

const file = fileURLToPath(new URL('fixture/auth-client.ts', import.meta.url));
const CLIENT = `${process.execPath} ${file}`;

const OF_BOTH = [
  'metadata-default',
  'metadata-var1',
  'metadata-var2',
  'metadata-var3',
  'basic-cimd',
  'scope-from-www-authenticate',
  'scope-from-scopes-supported',
  'scope-omitted-when-undefined',
  'scope-step-up',
  'scope-retry-limit',
  'token-endpoint-auth-basic',
  'token-endpoint-auth-post',
  'token-endpoint-auth-none',
  'pre-registration',
];

/** Every client scenario of authorization that a revision requires. */
export const SIGN_INS: Readonly<Record<Revision, readonly string[]>> = {
  '2025-11-25': OF_BOTH,
  '2026-07-28': [
    ...OF_BOTH,
    'resource-mismatch',
    'offline-access-scope',
    'offline-access-not-supported',
    'authorization-server-migration',
    'iss-supported',
    'iss-not-advertised',
    'iss-supported-missing',
    'iss-wrong-issuer',
    'iss-unexpected',
    'iss-normalized',
    'metadata-issuer-mismatch',
  ],
};

/** What the suite finds of a client that signs in; `way` says what stands before the server. */
export const signIn = (
  revision: Revision,
  scenario: string,
  way: '' | '--gateway' | '--nowhere' = '',
): Promise<Checks> => runClient(`${CLIENT} ${way}`.trim(), revision, `auth/${scenario}`);

export const passes = (checks: Checks): number =>
  checks.filter((check) => check.endsWith(':SUCCESS')).length;

/** Compares each scenario with itself through a gateway; returns how many checks passed. */
export async function expectSameSignIns(
  revision: Revision,
  scenarios: readonly string[],
): Promise<number> {
  let passed = 0;
  for (const scenario of scenarios) {
    const [direct, through] = await Promise.all([
      signIn(revision, scenario),
      signIn(revision, scenario, '--gateway'),
    ]);
    expect({ scenario, checks: through }).toEqual({ scenario, checks: direct });
    expect(direct.filter((check) => check.endsWith(':FAILURE'))).toEqual([]);
    passed += passes(direct);
  }
  return passed;
}
