import type { CallToolResult, Client } from '@modelcontextprotocol/client';
import { servedName } from '../servers/tool-names.ts';
import { type ServerName, type SoFar, type Step, type Story, textOf } from './story.ts';

/** One line of the log: what became of a call. `step` counts from 1. */
export interface StepReport {
  readonly story: string;
  readonly step: number;
  readonly server: ServerName;
  readonly tool: string;
  readonly status: 'ok' | 'denied' | 'error';
  /** Case id, when the call was denied. */
  readonly case?: string;
}

export interface PlayOptions {
  readonly folder: string;
  readonly renamed: boolean;
  connect(server: ServerName): Promise<Client>;
  report(line: StepReport): void;
}

const CASE_ID = /\bc-[a-z0-9]{10}\b/;

/** A denial is an error result that names a case; any other error is the server's own. */
const statusOf = (result: CallToolResult): Pick<StepReport, 'status' | 'case'> => {
  if (result.isError !== true) return { status: 'ok' };
  const caseId = CASE_ID.exec(textOf(result))?.[0];
  return caseId === undefined ? { status: 'error' } : { status: 'denied', case: caseId };
};

const callTool = async (
  client: Client,
  name: string,
  args: Record<string, unknown>,
): Promise<CallToolResult> => {
  try {
    return await client.callTool({ name, arguments: args });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { content: [{ type: 'text', text }], isError: true };
  }
};

const soFarOf = (folder: string, results: ReadonlyMap<string, CallToolResult>): SoFar => ({
  folder,
  text: (tool) => {
    const result = results.get(tool);
    return result === undefined ? '' : textOf(result);
  },
  field: (tool, name) => {
    const fields = results.get(tool)?.structuredContent;
    return typeof fields === 'object' && fields !== null && Object.hasOwn(fields, name)
      ? Reflect.get(fields, name)
      : undefined;
  },
});

/** Starts every server of the story and asks for its tools, as hosts do before the first turn. */
const connectAll = async (
  story: Story,
  options: PlayOptions,
): Promise<ReadonlyMap<ServerName, Client>> => {
  const clients = new Map<ServerName, Client>();
  const connectOne = async (name: ServerName): Promise<void> => {
    const client = await options.connect(name);
    clients.set(name, client);
    await client.listTools();
  };
  const settled = await Promise.allSettled(story.servers.map(connectOne));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed === undefined) return clients;
  await closeAll(clients);
  throw failed.reason;
};

const closeAll = async (clients: ReadonlyMap<ServerName, Client>): Promise<void> => {
  await Promise.allSettled([...clients.values()].map((client) => client.close()));
};

const playSteps = async (
  story: Story,
  options: PlayOptions,
  clients: ReadonlyMap<ServerName, Client>,
): Promise<boolean> => {
  const results = new Map<string, CallToolResult>();
  let asExpected = true;
  const play = async ({ server, tool, expect, ...rest }: Step, number: number): Promise<void> => {
    const client = clients.get(server);
    if (client === undefined) throw new Error(`the story has no server ${server}`);
    const args = rest.arguments(soFarOf(options.folder, results));
    const served = servedName(tool, options.renamed);
    const result = await callTool(client, served, args);
    results.set(tool, result);
    const outcome = statusOf(result);
    asExpected &&= outcome.status === expect;
    options.report({ story: story.name, step: number, server, tool: served, ...outcome });
  };
  for (const [index, step] of story.steps.entries()) await play(step, index + 1);
  return asExpected;
};

/** Plays a story, one call after the other. True when every call went as the story expects. */
export const playStory = async (story: Story, options: PlayOptions): Promise<boolean> => {
  const clients = await connectAll(story, options);
  try {
    return await playSteps(story, options, clients);
  } finally {
    await closeAll(clients);
  }
};
