import type { CallToolResult, Client } from '@modelcontextprotocol/client';
import { connect } from '../demo/connect.ts';
import { type ServerOptions, serverCommand } from '../demo/servers.ts';
import { type ServerName, textOf } from '../demo/story.ts';

type Era = 'legacy' | 'modern';

export const ERAS: readonly Era[] = ['legacy', 'modern'];

/** Runs a test against a server started for it, over the SDK's client and stdio. */
export const withServer = async (
  name: ServerName,
  era: Era,
  use: (client: Client) => Promise<void>,
  options: Partial<ServerOptions> = {},
): Promise<void> => {
  const defaults = { folder: '.', stateFolder: '.', renamed: false };
  const client = await connect({ ...serverCommand(name, { ...defaults, ...options }), era });
  try {
    await use(client);
  } finally {
    await client.close();
  }
};

/** Text of an error that the server answers with, as a tool error or as a protocol error. */
export const refusalOf = async (call: Promise<CallToolResult>): Promise<string> => {
  try {
    const result = await call;
    return result.isError === true ? textOf(result) : '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Descriptions in the order of the list. */
export const descriptionsOf = async (client: Client): Promise<readonly string[]> => {
  const { tools } = await client.listTools();
  return tools.map(({ description }) => description ?? '');
};
