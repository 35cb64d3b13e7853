import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedError } from '@spoor/core';
import { onTestFinished } from 'vitest';
import { OutboundClient, type OutboundOptions, type Resolve } from '../../src/outbound.ts';

export interface Running {
  readonly port: number;
  readonly url: string;
  /** Connections so far. */
  connections(): number;
}

/** On loopback, until the test is done. */
export async function serve(listener: RequestListener): Promise<Running> {
  let connections = 0;
  const server = createServer(listener).on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((done) => server.close(() => done()));
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/`, connections: () => connections };
}

export function client(options: Partial<OutboundOptions> = {}): OutboundClient {
  const outbound = new OutboundClient({
    trustedHosts: ['127.0.0.1'],
    timeoutMs: 5_000,
    responseBytesMax: 10_000,
    ...options,
  });
  onTestFinished(() => outbound.destroy());
  return outbound;
}

export async function refusal(answer: Promise<unknown>): Promise<string> {
  try {
    await answer;
    return 'none';
  } catch (error) {
    return error instanceof CodedError ? error.code : String(error);
  }
}

/** Answers of a name server, one after another; the last one stays. */
export function answering(...answers: (readonly string[])[]): Resolve {
  let asked = 0;
  return (_, __, done) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)] ?? [];
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
}
