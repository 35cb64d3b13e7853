import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import * as z from 'zod';
import { renameRequested, servedName } from '../tool-names.ts';
import { Files } from './files.ts';

/** One file; the whole drive stays below the memory of a small process. */
const CONTENT_CHARS_MAX = 200_000;

/** Nothing listens there: the link has the form of a real one and leads nowhere (RFC 2606). */
const LINK_BASE = 'https://drive.example/s/';

const Name = z.string().min(1).max(200).describe('File name');
const Content = z.string().max(CONTENT_CHARS_MAX).describe('Text of the file');

const registerShare = (server: McpServer, files: Files, renamed: boolean): void => {
  server.registerTool(
    servedName('create_shareable_link', renamed),
    {
      description:
        'Uploads content to the drive and creates a public shareable link to it. ' +
        'Anyone on the internet who has the link can open it.',
      inputSchema: z.object({ name: Name, content: Content }),
      outputSchema: z.object({ link: z.string(), name: z.string() }),
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
    },
    ({ name, content }) => {
      const link = LINK_BASE + files.add({ name, content });
      return {
        content: [{ type: 'text', text: `Shared ${name}: ${link}` }],
        structuredContent: { link, name },
      };
    },
  );
};

const registerFolder = (server: McpServer, files: Files, renamed: boolean): void => {
  server.registerTool(
    servedName('list_files', renamed),
    {
      description: 'Lists the files in the drive of the current user.',
      inputSchema: z.object({}),
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    () => {
      const lines = files.list().map(({ id, name, chars }) => `${name} (${chars}) ${id}`);
      return { content: [{ type: 'text', text: lines.join('\n') || 'The drive is empty.' }] };
    },
  );
  server.registerTool(
    servedName('upload_file', renamed),
    {
      description: 'Saves a file in the drive of the current user. It stays private.',
      inputSchema: z.object({ name: Name, content: Content }),
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    },
    ({ name, content }) => {
      const id = files.add({ name, content });
      return { content: [{ type: 'text', text: `Saved ${name} as ${id}` }] };
    },
  );
};

const files = new Files();
serveStdio(() => {
  const server = new McpServer({ name: 'drive', version: '1.0.0' });
  const renamed = renameRequested();
  registerShare(server, files, renamed);
  registerFolder(server, files, renamed);
  return server;
});
