import {
  type McpServer,
  ResourceNotFoundError,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { LIMITS } from '@spoor/core';
import { z } from 'zod';
import type { Library } from '../docs/library.ts';

const MARKDOWN = 'text/markdown';
const WHAT = 'The documentation of Spoor, and what else its owner has added';

/** Each document can be read whole, and each section that a search names by its number. */
export function registerDocuments(server: McpServer, library: Library): void {
  const list = async () => ({
    resources: (await library.list()).slice(0, LIMITS.queryRowsMax).map(({ uri, title }) => ({
      uri,
      name: title,
      mimeType: MARKDOWN,
    })),
  });
  server.registerResource(
    'documentation',
    new ResourceTemplate('docs://{+path}', { list }),
    { title: 'Documentation', description: WHAT, mimeType: MARKDOWN },
    async (_url, { path }) => {
      const uri = `docs://${String(path)}`;
      const found = await library.get(uri);
      if (found === undefined) throw new ResourceNotFoundError(uri);
      return { contents: [{ uri, mimeType: MARKDOWN, text: found.text }] };
    },
  );
  server.registerPrompt(
    'documentation',
    {
      title: 'Ask the documentation',
      description: 'Searches the documentation, or gives context for an answer',
      argsSchema: z.object({ query: z.string().min(1).max(1_000).describe('What to look for') }),
    },
    ({ query }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'text',
            text: `Please tell me about ${JSON.stringify(query)} by the documentation: search it with the tool \`documentation\`.`,
          },
        },
      ],
    }),
  );
}
