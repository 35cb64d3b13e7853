import { basename, win32 } from 'node:path';

/** What stands behind a wrapped server. */
export interface Wrapping {
  /** The word that names Spoor, as it stands there. */
  readonly launcher: string;
  /** By the launcher that `spoor init` installs, and not by hand. */
  readonly byLauncher: boolean;
  /** How many arguments are Spoor's; what follows is the server's own command. */
  readonly ownArgs: number;
}

/** Names of the launcher: a script, or where scripts cannot be started, a module for Node. */
export const LAUNCHER_NAMES = ['spoor-launch', 'spoor-launch.mjs'] as const;

const SPOOR_NAMES: ReadonlySet<string> = new Set([
  ...LAUNCHER_NAMES,
  'spoor',
  'spoor.mjs',
  'spoor.cmd',
  'spoor.ps1',
  '@spoor/cli',
]);

/** Words before Spoor's own: a Node with its flags, `npx -y`. */
const LEADING_WORDS_MAX = 6;

/** Undefined for a server that Spoor does not stand in front of. */
export function wrappingOf(command: string, args: readonly string[]): Wrapping | undefined {
  const words = [command, ...args];
  const at = words.slice(0, LEADING_WORDS_MAX).findIndex((word) => SPOOR_NAMES.has(nameOf(word)));
  if (at < 0 || words[at + 1] !== 'run') return undefined;
  const split = words.indexOf('--', at + 2);
  if (split < 0 || split === words.length - 1) return undefined;
  const launcher = words[at] ?? '';
  const byLauncher = LAUNCHER_NAMES.some((one) => one === nameOf(launcher));
  return { launcher, byLauncher, ownArgs: split };
}

/** May a launcher be called so? Else what it wraps would not be known again. */
export const isLauncherName = (path: string): boolean =>
  LAUNCHER_NAMES.some((one) => one === nameOf(path)) || nameOf(path) === 'spoor';

const nameOf = (word: string): string =>
  word === '@spoor/cli' || /^@spoor\/cli@[\w.^~-]+$/.test(word)
    ? '@spoor/cli'
    : basename(win32.basename(word));
