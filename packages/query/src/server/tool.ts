import type { McpServer } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import type { Masker } from '../shown/masker.ts';
import type { Caller, Permission } from './caller.ts';
import type { Deployment } from './deployment.ts';

/** One call of a tool, as the tool sees it. */
export interface Call {
  readonly caller: Caller;
  readonly signal: AbortSignal;
  readonly nowMs: number;
  readonly masker: Masker;
  readonly deployments: readonly Deployment[];
}

/** What the reader sees: the same twice, as words and typed. */
export interface Answer<Data> {
  readonly text: string;
  readonly data: Data;
}

interface ToolSpec<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly permission: Permission;
  readonly input: Input;
  readonly output: Output;
  run(args: z.infer<Input>, call: Call): Promise<Answer<z.infer<Output>>>;
}

/** Runs one call with all that is the same for every tool: permissions, limits, errors, the log. */
export type Around = (
  tool: { readonly name: string; readonly permission: Permission },
  signal: AbortSignal,
  run: (call: Call) => Promise<Answer<object>>,
) => Promise<ToolResult>;

export interface ToolResult {
  [key: string]: unknown;
  content: { type: 'text'; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly permission: Permission;
  register(server: McpServer, around: Around): void;
}

/** Every tool only reads, and may be asked twice; what it reads lies outside of this server. */
const ANNOTATIONS = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
} as const;

export const tool = <Input extends z.ZodObject, Output extends z.ZodObject>(
  spec: ToolSpec<Input, Output>,
): Tool => ({
  name: spec.name,
  title: spec.title,
  permission: spec.permission,
  register: (server, around) => {
    const { name, title, description, input, output } = spec;
    const annotations = { title, ...ANNOTATIONS };
    const config = { title, description, inputSchema: input, outputSchema: output, annotations };
    server.registerTool(name, config, ((args: z.infer<Input>, ctx: Ctx) =>
      around(spec, ctx.mcpReq.signal, (call) => spec.run(args, call))) as never);
  },
});

interface Ctx {
  readonly mcpReq: { readonly signal: AbortSignal };
}
