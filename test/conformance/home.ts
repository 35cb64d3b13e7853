import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, vi } from 'vitest';
import { SPOOR } from './compare.ts';

/** Gives the tests around it a HOME and a state folder of their own, removed at their end. */
export function useOwnHome(): void {
  let home = '';
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'spoor-home-'));
    vi.stubEnv('HOME', home);
    vi.stubEnv('SPOOR_HOME', join(home, 'state'));
  });
  afterAll(async () => {
    // A wrapper or gateway has started a hub that outlives it.
    await promisify(execFile)(process.execPath, [SPOOR, 'hub', 'stop']).catch(() => undefined);
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  });
}
