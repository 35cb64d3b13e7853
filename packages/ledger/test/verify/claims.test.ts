import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import type { Ledger } from '../../src/index.ts';
import {
  checkClaims,
  type EntryClaim,
  newestCheckpoint,
  verifyLog,
} from '../../src/verify/index.ts';
import { entry, openOn, sourceOf } from '../fixtures.ts';
import { MemoryDisk } from '../memory-disk.ts';

/** Writes entries, and gives what their spans would say of them. */
async function write(ledger: Ledger, count: number): Promise<EntryClaim[]> {
  const claims: EntryClaim[] = [];
  for (let n = 0; n < count; n++) {
    const appended = ledger.append(entry(n));
    if (appended !== undefined) claims.push(appended);
  }
  await ledger.append(entry(count))?.reached('integrated');
  return claims;
}

verifies(
  'ledger:claims',
  async () => {
    const disk = new MemoryDisk();
    const first = await openOn(disk);
    const early = await write(first, 300);
    await first.close();
    const older = disk.crash();
    const second = await openOn(disk);
    const late = await write(second, 400);
    const checkpoint = second.published?.note ?? '';
    await second.close();
    const { verifierKey } = second;
    expect(await checkClaims(sourceOf(disk), [...late, ...early])).toEqual([]);
    // The tail is gone, with all that would tell of it, but the spans and alerts are there.
    const faults = await checkClaims(sourceOf(older), [...late, ...early]);
    expect(faults).toHaveLength(late.length);
    expect(new Set(faults.map(({ fault }) => fault))).toEqual(new Set(['beyond']));
    const kept = newestCheckpoint([first.published?.note ?? '', checkpoint, 'junk'], verifierKey);
    expect(kept).toBe(checkpoint);
    const verified = await verifyLog(sourceOf(older), { verifierKey, checkpoint });
    expect(verified.status).toBe('rolled-back');
    // Written on from there, other entries stand in those places.
    const forked = await openOn(older);
    await write(forked, 500);
    await forked.close();
    const differing = await checkClaims(sourceOf(older), late);
    expect(differing.length).toBeGreaterThan(300);
    expect(differing.every(({ fault }) => fault === 'differs')).toBe(true);
    const other = { ...early[0], index: early[0]?.index ?? 0, leafHash: '00'.repeat(32) };
    expect(await checkClaims(sourceOf(disk), [other])).toMatchObject([{ fault: 'differs' }]);
  },
  { timeoutMs: 60_000 },
);
