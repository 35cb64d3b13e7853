import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Backends that do harm: on loopback, until they are closed. */
export interface BadServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function badServer(listener: RequestListener): Promise<BadServer> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

const PIECE = Buffer.alloc(65_536, '[{"a":"b"},');
const HUGE_BYTES = 10_000_000_000;

/** Says how much will come, and sends it as fast as it is taken. */
const huge: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': HUGE_BYTES });
  let sent = 0;
  const more = (): void => {
    while (sent < HUGE_BYTES && !response.destroyed) {
      sent += PIECE.length;
      if (!response.write(PIECE)) return;
    }
    response.end();
  };
  response.on('drain', more);
  more();
};

const drips: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 100);
  response.on('close', () => clearInterval(timer));
};

export const BAD: Readonly<Record<string, RequestListener>> = {
  hangs: () => undefined,
  'sends 10 GB': huge,
  drips,
  'is malformed': (_, response) => response.end('{"data":[{"traceID":{}}]}{'),
};
