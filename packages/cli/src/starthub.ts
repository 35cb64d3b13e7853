import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { type Home, prepareHome } from '@spoor/edge/home';
import { CLIENT_VARIABLES } from './init/places.ts';
import { LAUNCHER } from './places.ts';

/**
 * What a hub in the background gets of the environment of whoever started it: nothing that could
 * steer it.
 */
const KEPT = [
  'HOME',
  'LANG',
  'PATH',
  'TMPDIR',
  'USER',
  'XDG_STATE_HOME',
  'SPOOR_HOME',
  'SPOOR_CONFIG',
  'SPOOR_PORT',
  ...CLIENT_VARIABLES,
];

/** Starts a hub that outlives this process; whether it came up shows on its socket. */
export function startHubInBackground(
  home: Home,
  env: Readonly<Record<string, string | undefined>>,
): void {
  prepareHome(home);
  mkdirSync(home.folder, { recursive: true, mode: 0o700 });
  const log = openSync(home.hubLog, 'a', 0o600);
  const kept = Object.fromEntries(
    KEPT.map((name) => [name, env[name]]).filter(([, value]) => value !== undefined),
  );
  const child = spawn(process.execPath, [LAUNCHER, 'hub', 'start', '--background'], {
    cwd: home.folder,
    detached: true,
    env: kept,
    stdio: ['ignore', log, log],
    windowsHide: true,
  });
  child.on('error', () => undefined);
  child.unref();
  closeSync(log);
}
