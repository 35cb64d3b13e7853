import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GROUND, VERSIONS } from './arms.ts';

/** Installs the others at their exact versions; they are no part of this project. */
export function installPeers(folder: string): void {
  if (existsSync(join(folder, 'node_modules/@traceloop'))) return;
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}\n');
  const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
  const { status } = spawnSync(
    'npm',
    ['install', ...flags, ...GROUND, ...Object.values(VERSIONS)],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    },
  );
  if (status !== 0) throw new Error('npm could not install the other instrumentations');
}
