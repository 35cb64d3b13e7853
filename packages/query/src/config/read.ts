import { CodedError } from '@spoor/core';
import { DEFAULT_PERMISSIONS } from '../server/caller.ts';
import { isLoopback } from '../server/transport/doors.ts';
import { readEnvironment } from './environment.ts';
import { readFile } from './file.ts';
import type { McpSettings, Partly } from './settings.ts';

export interface Sources {
  /** As the command line says it. */
  readonly flags: Partly;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As YAML gave it; undefined where there is none. */
  readonly file: unknown;
}

const DEFAULTS: McpSettings = {
  mode: 'stdio',
  host: 'localhost',
  port: 8_081,
  hosts: [],
  origins: [],
  heartbeatMs: 30_000,
  logFormat: 'text',
  logLevel: 'info',
  disabled: [],
  allow: DEFAULT_PERMISSIONS,
  open: false,
  docs: [],
  deployments: [],
  callers: [],
};

/** Precedence: flag, environment, file, default. Throws QUERY_CONFIG, naming the setting. */
export function readSettings({ flags, env, file }: Sources): McpSettings {
  const [environment, said] = [readEnvironment(env), readFile(file)];
  const deployments = [...(environment.deployments ?? []), ...(said.deployments ?? [])];
  const settings = {
    ...DEFAULTS,
    ...given(said),
    ...given(environment),
    ...given(flags),
    deployments,
  };
  checkNames(deployments.map(({ name }) => name));
  return withinReach(settings);
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined)
    throw new CodedError('QUERY_CONFIG', `two deployments have the name ${twice}`);
}

const given = (partly: Partly): Partial<McpSettings> =>
  Object.fromEntries(Object.entries(partly).filter(([, value]) => value !== undefined));

/** Whoever reaches the port reads all that it may: beyond this machine that needs a word. */
function withinReach(settings: McpSettings): McpSettings {
  const { mode, host, authorization, open } = settings;
  if (mode === 'stdio') return settings;
  if (authorization === undefined && !isLoopback(host) && !open)
    throw new CodedError(
      'QUERY_CONFIG',
      'to listen beyond this machine, give `authorization` in a file, or set MCP_ALLOW_UNAUTHENTICATED=1',
    );
  return settings;
}
