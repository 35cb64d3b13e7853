import { homedir } from 'node:os';
import type { ClientPlaces } from '@spoor/edge/clients';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables by which clients move their configurations. */
export const CLIENT_VARIABLES: readonly string[] = [
  'APPDATA',
  'CLAUDE_CONFIG_DIR',
  'CODEX_HOME',
  'COPILOT_HOME',
  'ProgramFiles',
  'XDG_CONFIG_HOME',
];

/** Where this user's clients keep their configurations. */
export const clientPlaces = (env: Environment): ClientPlaces => ({
  platform: process.platform,
  home: homedir(),
  env: Object.fromEntries(CLIENT_VARIABLES.map((name) => [name, env[name]])),
});
