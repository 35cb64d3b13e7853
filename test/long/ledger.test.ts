import { describe, expect } from 'vitest';
import { expectKeptThrough } from '../../packages/ledger/test/kills.ts';
import { simulateStops } from '../../packages/ledger/test/sim/simulate.ts';
import { verifies } from '../verifies.ts';

/** Seeds that the short tier does not use. */
const SEED = 1_000_000;
const STOPS = 1_000_000;
const KILLS = 1_000;
const HOURS = 3_600_000;

describe('the ledger at length', () => {
  verifies(
    'ledger:crash',
    async () => {
      const { points } = await simulateStops(SEED, STOPS);
      expect(points).toBeGreaterThanOrEqual(STOPS);
    },
    { case: `${STOPS} simulated stops`, timeoutMs: 2 * HOURS },
  );

  verifies('ledger:crash', () => expectKeptThrough(KILLS), {
    case: `${KILLS} times kill -9`,
    timeoutMs: HOURS,
  });
});
