import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { SimulatedDisk } from './disk.ts';
import { simulate, simulateStops } from './simulate.ts';

/** `SPOOR_SEED=17 npx vitest run packages/ledger/test/sim` repeats one life. */
const SEED = Number(process.env.SPOOR_SEED ?? 0);
/** The long tier has a million, from other seeds. */
const STOPS = 20_000;

describe('a simulated machine', () => {
  verifies(
    'ledger:crash',
    async () => {
      if (SEED > 0) {
        await simulate(SEED);
        return;
      }
      const { points, refused, unharmed } = await simulateStops(1, STOPS);
      expect(points).toBeGreaterThanOrEqual(STOPS);
      // Both ways to end with damage were seen, or the damage did not do what it should.
      expect(refused).toBeGreaterThan(STOPS / 20);
      expect(unharmed).toBeGreaterThan(STOPS / 20);
    },
    { case: `${STOPS} stops, damage and failing calls from seeds`, timeoutMs: 300_000 },
  );

  it('loses nothing where zeros that were written ahead have failed', async () => {
    expect((await simulate(1_000_033)).points).toBeGreaterThan(600);
  });

  it('believes no file whose sync has failed', async () => {
    expect((await simulate(1_000_080)).points).toBeGreaterThan(1_000);
  });

  it('finds a disk that says it has synced and has not', async () => {
    const disk = new SimulatedDisk();
    disk.lies = true;
    await expect(simulate(1, disk)).rejects.toThrow(/seed 1, stop \d+/);
  });

  it('does the same from the same seed', async () => {
    expect(await simulate(5)).toEqual(await simulate(5));
  });
});
