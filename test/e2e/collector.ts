import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A collector's end of the wire. */
export interface Collector {
  readonly url: string;
  /** Bodies of the requests so far. */
  readonly bodies: readonly Buffer[];
  /** Every byte of every request, headers included. */
  bytes(): Buffer;
}

/** Takes whatever is sent to it, until the test is done. */
export async function collector(): Promise<Collector> {
  const heads: Buffer[] = [];
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    heads.push(Buffer.from(`${request.url} ${JSON.stringify(request.rawHeaders)}`));
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const bytes = (): Buffer => Buffer.concat([...heads, ...bodies]);
  return { url: `http://127.0.0.1:${port}`, bodies, bytes };
}
