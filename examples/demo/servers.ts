import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerName } from './story.ts';

/** A command line and what it needs in its environment beyond the host's own. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Era that the host speaks with it: the official servers know only `legacy`. */
  readonly era: 'legacy' | 'modern';
}

export interface ServerOptions {
  /** Folder that the filesystem server may see. */
  readonly folder: string;
  /** Folder for what servers keep. */
  readonly stateFolder: string;
  /** Serve our own tools under neutral names. */
  readonly renamed: boolean;
}

const require = createRequire(import.meta.url);

const official = (name: string): string =>
  require.resolve(`@modelcontextprotocol/server-${name}/dist/index.js`);

const ours = (name: string): string =>
  fileURLToPath(new URL(`../servers/${name}/server.ts`, import.meta.url));

/** How to start a server, without any wrapper. */
export const serverCommand = (name: ServerName, options: ServerOptions): ServerCommand => {
  const command = process.execPath;
  switch (name) {
    case 'filesystem':
      return { command, args: [official(name), options.folder], env: {}, era: 'legacy' };
    case 'memory': {
      const env = { MEMORY_FILE_PATH: join(options.stateFolder, 'memory.jsonl') };
      return { command, args: [official(name)], env, era: 'legacy' };
    }
    case 'everything':
      return { command, args: [official(name), 'stdio'], env: {}, era: 'legacy' };
    case 'crm':
    case 'sandbox':
    case 'drive': {
      const args = [ours(name), ...(options.renamed ? ['--rename'] : [])];
      return { command, args, env: {}, era: 'modern' };
    }
  }
};

/** Puts a wrapper in front of a command; `{server}` in the prefix becomes the server's name. */
export const wrapped = (
  { command, args, ...rest }: ServerCommand,
  prefix: readonly string[],
  name: string,
): ServerCommand => {
  const [wrapper, ...wrapperArgs] = prefix.map((word) => word.replaceAll('{server}', name));
  return wrapper === undefined
    ? { command, args, ...rest }
    : { command: wrapper, args: [...wrapperArgs, command, ...args], ...rest };
};
