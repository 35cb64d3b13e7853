import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { verifies } from '../../../test/verifies.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const run = async (flags: readonly string[]): Promise<unknown> => {
  const words = [...flags, path('fixtures/all-copies.mjs')];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  return JSON.parse(stdout);
};

verifies(
  'inprocess:copies',
  async () => {
    // Client and server: one span of each kind for each request.
    const all = { 'initialize 1': 1, 'initialize 2': 1, 'tools/list 1': 1, 'tools/list 2': 1 };
    expect(await run(['--import', path('../src/register.ts')])).toEqual({
      'v1 esm': all,
      'v1 cjs': all,
      'v2 esm': all,
      'v2 cjs': all,
    });
    // Nothing else could have made them.
    expect(await run([])).toEqual({ 'v1 esm': {}, 'v1 cjs': {}, 'v2 esm': {}, 'v2 cjs': {} });
  },
  { timeoutMs: 60_000 },
);
