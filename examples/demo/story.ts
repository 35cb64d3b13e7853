import type { CallToolResult } from '@modelcontextprotocol/client';

export type ServerName = 'filesystem' | 'memory' | 'everything' | 'crm' | 'sandbox' | 'drive';

/** What a step may look at for its arguments: where the files are, and earlier results. */
export interface SoFar {
  /** Absolute path of the folder that the story's files are in. */
  readonly folder: string;
  /** Text of the last result of a tool, empty when it was not called. */
  text(tool: string): string;
  /** A field of the last structured result of a tool. */
  field(tool: string, name: string): unknown;
}

export interface Step {
  readonly server: ServerName;
  readonly tool: string;
  /** What should become of the call when Spoor stands in front of the server and enforces. */
  readonly expect: 'ok' | 'denied';
  arguments(soFar: SoFar): Record<string, unknown>;
}

/** One session of an agent: what the user asked for, and the calls that the agent then makes. */
export interface Story {
  readonly name: string;
  readonly prompt: string;
  /** Content by path relative to the story's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Servers that the host has configured; all are started, as hosts do. */
  readonly servers: readonly ServerName[];
  readonly steps: readonly Step[];
}

export const textOf = (result: CallToolResult): string =>
  result.content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');

/** A step that should go through. */
export const step = (
  server: ServerName,
  tool: string,
  args: Step['arguments'] = () => ({}),
): Step => ({ server, tool, expect: 'ok', arguments: args });

/** A step that Spoor should deny. */
export const deniedStep = (server: ServerName, tool: string, args: Step['arguments']): Step => ({
  server,
  tool,
  expect: 'denied',
  arguments: args,
});
