import { describe } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { expectKeptThrough } from './kills.ts';

/** The long tier has many more. */
const KILLS = 50;

describe('kill -9', () => {
  verifies('ledger:crash', () => expectKeptThrough(KILLS), {
    case: `${KILLS} times kill -9`,
    timeoutMs: 240_000,
  });
});
