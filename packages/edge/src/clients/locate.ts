import { posix, win32 } from 'node:path';
import { CLIENTS, type ClientFile, type ClientPlatform, type ClientRow } from './table.ts';

/** Where on a machine clients are looked for. */
export interface ClientPlaces {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** The folder whose project files count; none without it. */
  readonly project?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A file that a client would read, whether it exists or not. */
export interface ClientConfig extends Omit<ClientFile, 'path'> {
  readonly client: ClientRow;
  readonly path: string;
}

/** Every configuration file that the clients of the table read here. */
export function locateClients(
  places: ClientPlaces,
  clients: readonly ClientRow[] = CLIENTS,
): ClientConfig[] {
  const platform = PLATFORMS.has(places.platform) ? (places.platform as ClientPlatform) : 'linux';
  return clients.flatMap((client) =>
    client.files.flatMap(({ path: paths, ...file }) => {
      const path = paths[platform];
      const expanded = path === undefined ? undefined : expand(path, places);
      return expanded === undefined ? [] : [{ ...file, client, path: expanded }];
    }),
  );
}

const PLATFORMS: ReadonlySet<string> = new Set(['linux', 'darwin', 'win32']);

/** Undefined where the path speaks of a place that there is not. */
function expand(template: string, places: ClientPlaces): string | undefined {
  const { resolve, isAbsolute, join } = places.platform === 'win32' ? win32 : posix;
  const { env, home, project } = places;
  const absolute = (path: string | undefined): string | undefined =>
    path !== undefined && isAbsolute(path) ? path : undefined;
  const known: Readonly<Record<string, string | undefined>> = {
    home,
    project,
    config: absolute(env.XDG_CONFIG_HOME) ?? join(home, '.config'),
    appdata: absolute(env.APPDATA) ?? join(home, 'AppData', 'Roaming'),
  };
  let missing = false;
  const simple = (name: string): string => {
    const value = known[name];
    missing ||= value === undefined;
    return value ?? '';
  };
  const path = template
    .replace(
      /\{(\w+)\|((?:\{\w+\}|[^{}])*)\}/g,
      (_, name: string, fallback: string) => absolute(env[name]) ?? fallback,
    )
    .replace(/\{(\w+)\}/g, (_, name: string) => simple(name));
  return missing ? undefined : resolve(path);
}
