import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { LIMITS } from '@spoor/core';
import type { Caller } from '../caller.ts';
import type { QueryServer } from '../server.ts';

/** Serves one client on standard input and output, in whichever era it speaks. */
export function serveOnStdio(
  query: QueryServer,
  caller: Caller,
  input: Readable = process.stdin,
  output: Writable = process.stdout,
): { readonly ended: Promise<void>; close(): Promise<void> } {
  const transport = new StdioServerTransport(input, output, {
    maxBufferSize: LIMITS.queryMessageBytesMax,
  });
  const ended = new Promise<void>((resolve) => {
    input.once('end', () => resolve());
    input.once('close', () => resolve());
  });
  const handle = serveStdio(() => query.serve(caller), {
    transport,
    onerror: () => query.log.debug('protocol', {}),
  });
  return { ended, close: () => handle.close() };
}
