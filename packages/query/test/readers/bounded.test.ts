import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { load } from './support/load.ts';

verifies(
  'backends:bounded',
  async () => {
    const { codes, good, grownBytes } = await load(250, 1_500);
    for (const [name, found] of Object.entries(codes)) {
      const total = Object.values(found).reduce((sum, count) => sum + count, 0);
      expect([total, found.answered ?? 0], name).toEqual([250, 0]);
      // As many as wait, and the others at once.
      expect(found.BACKEND_BUSY, name).toBeGreaterThanOrEqual(150);
      expect(
        Object.keys(found).every((code) => code.startsWith('BACKEND_')),
        name,
      ).toBe(true);
    }
    expect(codes.hangs?.BACKEND_TIMEOUT).toBe(72);
    expect(codes.drips?.BACKEND_TIMEOUT).toBe(72);
    expect(codes['is malformed']?.BACKEND_MALFORMED).toBeGreaterThan(0);
    expect(good.failed).toBe(0);
    expect(good.answered).toBeGreaterThan(5);
    expect(grownBytes).toBeLessThan(500_000_000);
  },
  { timeoutMs: 60_000 },
);
