import { basename, win32 } from 'node:path';

/** What stands behind a wrapped server. */
export interface Wrapping {
  /** The word that names Spoor, as it stands there. */
  readonly launcher: string;
  /** By the launcher that `spoor init` installs, and not by hand. */
  readonly byLauncher: boolean;
  /** How many arguments are Spoor's; what follows is the server's own command, or its address. */
  readonly ownArgs: number;
  /** Present where a server at an address is behind it. */
  readonly remote?: WrappedRemote;
}

/** How Spoor was told to reach a server: names, never values. */
export interface WrappedRemote {
  /** By the address itself, or by the variable that holds it. */
  readonly by: 'url' | 'url-env';
  /** Is it the last argument, where `spoor init` puts it? */
  readonly isLast: boolean;
  /** Headers and the variables that hold their values. */
  readonly headers: readonly (readonly [header: string, variable: string])[];
  /** The variable that holds a bearer token. */
  readonly bearer?: string;
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
  const launcher = words[at] ?? '';
  const byLauncher = LAUNCHER_NAMES.some((one) => one === nameOf(launcher));
  const split = words.indexOf('--', at + 2);
  if (split < 0) {
    const remote = remoteIn(words.slice(at + 2));
    return remote && { launcher, byLauncher, ownArgs: args.length - 1, remote };
  }
  return split === words.length - 1 ? undefined : { launcher, byLauncher, ownArgs: split };
}

function remoteIn(words: readonly string[]): WrappedRemote | undefined {
  const by = (['url', 'url-env'] as const).find((one) =>
    words.some((word) => word === `--${one}` || word.startsWith(`--${one}=`)),
  );
  if (by === undefined) return undefined;
  const after = (flag: string): string[] =>
    words.flatMap((word, i) => (words[i - 1] === flag ? [word] : []));
  const [bearer] = after('--bearer-env');
  const headers = after('--header-env').map((pair) => {
    const sign = pair.indexOf('=');
    return [pair.slice(0, Math.max(sign, 0)), pair.slice(sign + 1)] as const;
  });
  const isLast = words.at(-2) === `--${by}`;
  return { by, isLast, headers, ...(bearer === undefined ? {} : { bearer }) };
}

/** May a launcher be called so? Else what it wraps would not be known again. */
export const isLauncherName = (path: string): boolean =>
  LAUNCHER_NAMES.some((one) => one === nameOf(path)) || nameOf(path) === 'spoor';

const nameOf = (word: string): string =>
  word === '@spoor/cli' || /^@spoor\/cli@[\w.^~-]+$/.test(word)
    ? '@spoor/cli'
    : basename(win32.basename(word));
