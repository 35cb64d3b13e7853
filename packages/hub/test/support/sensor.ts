import { connect, type Socket } from 'node:net';
import { encodeWire, WireDecoder } from '@spoor/edge';
import { onTestFinished } from 'vitest';

/** A bare connection to the sensor socket that says whatever a test wants. */
export interface TestSensor {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  send(json: unknown, ...bytes: Uint8Array[]): void;
  next(): Promise<Record<string, unknown>>;
}

export async function connectSensor(path: string): Promise<TestSensor> {
  const socket = connect(path);
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const decoder = new WireDecoder();
  const messages: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  socket.on('data', (chunk) => {
    for (const { json } of decoder.push(chunk)) {
      const take = waiting.shift();
      if (take === undefined) messages.push(json);
      else take(json);
    }
  });
  return {
    socket,
    closed,
    send: (json, ...bytes) => void socket.write(encodeWire(json, bytes)),
    next: () =>
      new Promise((resolve) => {
        const message = messages.shift();
        if (message === undefined) waiting.push(resolve as (message: unknown) => void);
        else resolve(message as Record<string, unknown>);
      }),
  };
}
