import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { verifies } from '../../test/verifies.ts';
import type { Played } from './play.ts';

const at = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

verifies(
  'inprocess:no-content',
  async () => {
    const words = [at('play.ts'), 'spoor', at('../..')];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    const { spans, client, server } = JSON.parse(stdout) as Played;
    expect({ client, server }).toEqual({ client: [], server: [] });
    // The talk has taken place, on both sides.
    expect(spans).toBeGreaterThanOrEqual(16);
  },
  { timeoutMs: 60_000 },
);
