import { describe, expect } from 'vitest';
import { expectSameSignIns, SIGN_INS } from '../conformance/authorization.ts';
import { useOwnHome } from '../conformance/home.ts';
import { verifies } from '../verifies.ts';

describe('every way to sign in', () => {
  useOwnHome();

  for (const revision of ['2025-11-25', '2026-07-28'] as const)
    verifies(
      'gateway:signs-in',
      async () => {
        const passed = await expectSameSignIns(revision, SIGN_INS[revision]);
        expect(passed).toBeGreaterThanOrEqual(revision === '2026-07-28' ? 400 : 250);
      },
      { case: `all scenarios of ${revision}`, timeoutMs: 600_000 },
    );
});
