import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { ServerCommand } from './servers.ts';

const MODERN = '2026-07-28';

/** Variables of this process, so that wrapper and servers find what the host was given. */
const inherited = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );

/**
 * The client starts a second process of the server, only to ask for its version, when it is given
 * the base class itself. One server is one process here, so that one wrapper sees all of it.
 */
class OneProcessTransport extends StdioClientTransport {}

/** Starts a server and connects a client to it over stdio. Closing the client ends the server. */
export const connect = async (server: ServerCommand): Promise<Client> => {
  const transport = new OneProcessTransport({
    command: server.command,
    args: [...server.args],
    env: { ...inherited(), ...server.env },
    // What servers and wrapper say belongs to the person at the terminal, not into the story's log.
    stderr: 'ignore',
  });
  const mode = server.era === 'modern' ? { pin: MODERN } : ('legacy' as const);
  const client = new Client(
    { name: 'spoor-demo-host', version: '1.0.0' },
    { versionNegotiation: { mode } },
  );
  try {
    await client.connect(transport);
  } catch (error) {
    await client.close();
    throw error;
  }
  return client;
};
