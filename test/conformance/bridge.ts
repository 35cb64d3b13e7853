import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { localhostHostValidation, localhostOriginValidation } from '@modelcontextprotocol/node';
import { Backend } from './backend.ts';

export interface Bridge {
  readonly url: string;
  /** Ends every stream and every server process. */
  close(): Promise<void>;
}

const handle = async (
  backend: Backend,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  switch (request.method) {
    case 'POST':
      backend.post(request, response, await text(request));
      break;
    case 'GET':
      backend.listen(request, response);
      break;
    case 'DELETE':
      await backend.endSession(request, response);
      break;
    default:
      response.writeHead(405).end();
  }
};

/**
 * Serves a stdio command over Streamable HTTP on a free port of the loopback, in both eras. For
 * the conformance suite, which speaks HTTP only; it passes messages on and interprets none.
 */
export const startBridge = async (command: readonly string[]): Promise<Bridge> => {
  const backend = new Backend(command);
  const hostAllowed = localhostHostValidation();
  const originAllowed = localhostOriginValidation();
  const server = createServer((request, response) => {
    if (!hostAllowed(request, response) || !originAllowed(request, response)) return;
    handle(backend, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the bridge has no port');
  return {
    url: `http://localhost:${address.port}/mcp`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, backend.close()]);
    },
  };
};
