import { defineConfig } from 'vitest/config';

const long = process.env.SPOOR_LONG === '1';

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
    testTimeout: long ? 1_800_000 : 20_000,
    // Two cores, and many tests start real processes.
    maxWorkers: 2,
    // As the launcher sets them, and for its reason: tests start hubs with threads.
    execArgv: ['--no-wasm-code-gc', '--wasm-wrapper-tiering-budget=2000000000'],
  },
});
