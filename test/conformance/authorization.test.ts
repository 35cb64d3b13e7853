import { describe, expect, test } from 'vitest';
import { verifies } from '../verifies.ts';
import { expectSameSignIns, passes, signIn } from './authorization.ts';
import { useOwnHome } from './home.ts';

/** One of each kind; the long tier has all of them. */
const SCENARIOS = [
  'metadata-var3',
  'scope-step-up',
  'token-endpoint-auth-basic',
  'pre-registration',
] as const;

describe('a client that signs in', () => {
  useOwnHome();

  for (const revision of ['2025-11-25', '2026-07-28'] as const)
    verifies(
      'gateway:signs-in',
      async () => {
        const more =
          revision === '2026-07-28' ? ['authorization-server-migration', 'iss-normalized'] : [];
        const passed = await expectSameSignIns(revision, [...SCENARIOS, ...more]);
        expect(passed).toBeGreaterThanOrEqual(revision === '2026-07-28' ? 100 : 70);
      },
      { case: revision, timeoutMs: 120_000 },
    );

  test('reaches what stands at the address, and nothing else', async () => {
    expect(passes(await signIn('2026-07-28', 'metadata-default', '--nowhere'))).toBe(0);
  });
});
