import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { EXAMPLES, LAUNCHER, NODE, type World } from './support.ts';

const require = createRequire(import.meta.url);

/** Commands of real servers. */
export const SERVERS = {
  everything: (): string[] => [
    NODE,
    packageFile('@modelcontextprotocol/server-everything', 'dist/index.js'),
  ],
  memory: (): string[] => [
    NODE,
    packageFile('@modelcontextprotocol/server-memory', 'dist/index.js'),
  ],
  filesystem: (folder: string): string[] => [
    NODE,
    packageFile('@modelcontextprotocol/server-filesystem', 'dist/index.js'),
    folder,
  ],
  crm: (): string[] => [NODE, join(EXAMPLES, 'servers/crm/server.ts')],
  sandbox: (): string[] => [NODE, join(EXAMPLES, 'servers/sandbox/server.ts')],
  drive: (): string[] => [NODE, join(EXAMPLES, 'servers/drive/server.ts')],
};

const packageFile = (name: string, file: string): string =>
  join(dirname(require.resolve(`${name}/package.json`)), file);

/** A subclass keeps the SDK from starting a second process only to ask for the era. */
class OneProcessTransport extends StdioClientTransport {}

export interface Answer {
  readonly isError: boolean;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Connected {
  readonly client: Client;
  call(tool: string, args?: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
}

/** A real client of a real server behind `spoor run`; this process is the host. */
export async function connect(
  world: World,
  name: string,
  server: readonly string[],
  launch?: (words: string[]) => string[],
  ...flags: string[]
): Promise<Connected> {
  const words = [NODE, LAUNCHER, 'run', '--name', name, ...flags, '--', ...server];
  const client = new Client({ name: 'test-host', version: '1.0.0' });
  return connectClient(client, world, launch === undefined ? words : launch(words));
}

/** The same with a client of the test's own, and the whole command line. */
export async function connectClient(
  client: Client,
  world: World,
  [command = '', ...args]: readonly string[],
): Promise<Connected> {
  const { env, folder: cwd } = world;
  await client.connect(new OneProcessTransport({ command, args, env, cwd, stderr: 'ignore' }));
  await client.listTools();
  return {
    client,
    call: async (tool, args = {}) => {
      const result = await client.callTool({ name: tool, arguments: args });
      const content = Array.isArray(result.content) ? result.content : [];
      const text = content.map((item) => ('text' in item ? item.text : '')).join('\n');
      const data = (result.structuredContent ?? {}) as Answer['data'];
      return { isError: result.isError === true, text, data };
    },
    close: () => client.close(),
  };
}
