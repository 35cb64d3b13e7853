import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/longest-first.ts';
import { TEST_MS } from './test/times.ts';

const long = process.env.SPOOR_LONG === '1';

// Workers, and the threads of the hubs that they start, compile once what the launcher compiles.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache');

export default defineConfig({
  test: {
    include: long
      ? ['test/long/**/*.test.ts']
      : [
          'packages/*/test/**/*.test.{ts,tsx}',
          'test/**/*.test.ts',
          'examples/**/*.test.ts',
          'bench/**/*.test.ts',
        ],
    exclude: long ? [] : ['test/long/**'],
    // The long tier may not exist yet; the short one may never be empty.
    passWithNoTests: long,
    testTimeout: long ? 1_800_000 : TEST_MS,
    hookTimeout: TEST_MS,
    expect: { poll: { timeout: 30_000, interval: 20 } },
    sequence: { sequencer: LongestFirst },
    // One more than the two cores of most machines for tests: many wait for processes.
    maxWorkers: 3,
    // As the launcher sets them, and for its reason: tests start hubs with threads.
    execArgv: ['--no-wasm-code-gc', '--wasm-wrapper-tiering-budget=2000000000'],
  },
});
