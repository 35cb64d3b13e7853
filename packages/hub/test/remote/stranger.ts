import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { EXPORTER, encodeWire, signedBytes, WireDecoder } from '@spoor/edge';

/** Somebody who speaks to the door word by word, also the wrong ones. */
export interface Stranger {
  readonly socket: TLSSocket;
  readonly challenge: Buffer;
  readonly exported: Buffer;
  send(json: unknown): void;
  next(): Promise<Record<string, unknown>>;
  /** Resolves when the hub has closed the connection. */
  readonly closed: Promise<unknown>;
}

export async function knock(port: number): Promise<Stranger> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  const decoder = new WireDecoder();
  const messages: unknown[] = [];
  const waiting: ((json: unknown) => void)[] = [];
  socket.on('data', (chunk) => {
    for (const { json } of decoder.push(chunk)) {
      const first = waiting.shift();
      if (first === undefined) messages.push(json);
      else first(json);
    }
  });
  const next = async (): Promise<Record<string, unknown>> => {
    const known = messages.shift();
    if (known !== undefined) return known as Record<string, unknown>;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    waiting.push(resolve);
    const told = await Promise.race([promise, closed.then(() => ({ closed: true }))]);
    return told as Record<string, unknown>;
  };
  await Promise.race([once(socket, 'secureConnect'), closed]);
  if (socket.destroyed) throw new Error('closed at once');
  const { challenge } = await next();
  return {
    socket,
    challenge: Buffer.from(String(challenge), 'base64'),
    exported: socket.exportKeyingMaterial(EXPORTER.bytes, EXPORTER.label, Buffer.alloc(0)),
    send: (json) => void socket.write(encodeWire(json)),
    next,
    closed,
  };
}

export const newKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;

export const publicOf = (key: KeyObject): string =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');

export const signed = (
  op: 'enrol' | 'prove',
  key: KeyObject,
  { challenge, exported }: Pick<Stranger, 'challenge' | 'exported'>,
): string => sign(null, signedBytes(op, challenge, exported), key).toString('base64');

export const codeOf = (answer: Readonly<Record<string, unknown>>): unknown =>
  (answer.error as { readonly code?: string } | undefined)?.code;
