import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';
import { renameRequested, servedName } from '../tool-names.ts';
import { interpret } from './interpret.ts';
import { PROGRAM_CHARS_MAX, parseProgram } from './program.ts';

/** A table that fits in one message; the interpreter holds it in memory once per step. */
const ROWS_MAX = 1_000;

const Rows = z.array(
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
);

serveStdio(() => {
  const server = new McpServer({ name: 'sandbox', version: '1.0.0' });
  server.registerTool(
    servedName('code_interpreter', renameRequested()),
    {
      description:
        'Executes a short program in a sandboxed code interpreter over the rows passed in and ' +
        'returns its output. Steps are separated by ";": take N, skip N, select a,b, ' +
        'where column = value (also !=, <, >, contains), sort by column [desc], count, ' +
        'sum column, format csv|json|lines.',
      inputSchema: z.object({
        code: z.string().max(PROGRAM_CHARS_MAX).describe('The program to run'),
        rows: Rows.max(ROWS_MAX).default([]).describe('The table that the program works on'),
      }),
      outputSchema: z.object({ output: z.string(), rows: Rows }),
      // It computes and forgets: nothing outside the call is read or changed.
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ code, rows }) => {
      const program = parseProgram(code);
      if (program.status === 'invalid') {
        return { content: [{ type: 'text', text: program.message }], isError: true };
      }
      const { output, rows: table } = interpret(program.steps, rows);
      return {
        content: [{ type: 'text', text: output }],
        structuredContent: { output, rows: [...table] },
      };
    },
  );
  return server;
});
