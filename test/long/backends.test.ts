import { expect } from 'vitest';
import { load } from '../../packages/query/test/readers/support/load.ts';
import { verifies } from '../verifies.ts';

verifies(
  'backends:bounded',
  async () => {
    const { codes, good, grownBytes, tookMs } = await load(1_000);
    console.log(JSON.stringify({ codes, good, grownBytes, tookMs }, null, 2));
    for (const [name, found] of Object.entries(codes)) {
      const total = Object.values(found).reduce((sum, count) => sum + count, 0);
      expect([total, found.answered ?? 0], name).toEqual([1_000, 0]);
    }
    expect(good.failed).toBe(0);
    expect(grownBytes).toBeLessThan(500_000_000);
  },
  { case: 'at full length', timeoutMs: 600_000 },
);
