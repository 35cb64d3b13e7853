import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command, without a build. */
export const SPOOR: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('../packages/cli/bin/spoor.mjs', import.meta.url)),
];

/** A running hub with a state folder and HOME of its own. */
export interface BenchHub {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

export async function startBenchHub(): Promise<BenchHub> {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-bench-'));
  const env = { ...process.env, HOME: folder, SPOOR_HOME: join(folder, 'state'), SPOOR_PORT: '0' };
  const [command = '', ...launcher] = SPOOR;
  const hub = spawn(command, [...launcher, 'hub', 'start', '--background'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(hub.stdout, 'data');
  return {
    folder,
    env,
    stop: async () => {
      hub.kill('SIGTERM');
      await once(hub, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
