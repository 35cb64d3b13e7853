import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { CodedError, equalBytes, type Policy, type SealedContent } from '@spoor/core';
import {
  admitRequest,
  encodeWire,
  type Hello,
  type Push,
  type SealedPiece,
  type SensorRequest,
  WIRE_PROTOCOL,
  WireDecoder,
  type WireMessage,
} from '@spoor/edge';
import type { Connection } from './decide/admission.ts';

/** What the socket server asks of the hub. */
export interface SensorHandler {
  readonly token: string;
  /** A sensor has said who it is. */
  join(hello: Hello): Joined;
}

export interface Joined {
  readonly connection: Connection;
  readonly welcome: object;
  /** Answers a request after `hello`; its rejection is told to the sensor by code. */
  handle(
    request: Exclude<SensorRequest, Hello>,
    sealed: readonly SealedContent[],
    bytes: Uint8Array,
  ): Promise<object> | object;
  leave(): void;
}

/** Sensors that do not read are cut off rather than waited for. */
const UNSENT_BYTES_MAX = 8_388_608;
const HELLO_WITHIN_MS = 5_000;

/** The socket that sensors speak to. */
export class SensorServer {
  readonly #handler: SensorHandler;
  readonly #server: Server;
  readonly #sockets = new Map<Socket, Joined | undefined>();

  constructor(handler: SensorHandler) {
    this.#handler = handler;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Sensors that have said who they are. */
  get count(): number {
    return [...this.#sockets.values()].filter((joined) => joined !== undefined).length;
  }

  /** The caller holds the lock, so a socket file that lies there is nobody's. */
  listen(path: string): Promise<void> {
    if (process.platform !== 'win32') rmSync(path, { force: true });
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, () => {
        if (process.platform !== 'win32') chmodSync(path, 0o600);
        resolve();
      });
    });
  }

  push(push: Push): void {
    const message = encodeWire({ push });
    for (const [socket, joined] of this.#sockets) if (joined !== undefined) socket.write(message);
  }

  pushPolicy(policy: Policy): void {
    this.push({ kind: 'policy', policy });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const decoder = new WireDecoder();
    this.#sockets.set(socket, undefined);
    const late = setTimeout(() => this.#sockets.get(socket) ?? socket.destroy(), HELLO_WITHIN_MS);
    socket.on('data', (chunk) => {
      try {
        for (const message of decoder.push(chunk)) this.#receive(socket, message);
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(late);
      this.#sockets.get(socket)?.leave();
      this.#sockets.delete(socket);
    });
  }

  #receive(socket: Socket, { json, bytes }: WireMessage): void {
    const id = idOf(json);
    try {
      const request = admitRequest(json);
      const joined = this.#sockets.get(socket);
      if (request.op === 'hello') this.#hello(socket, request);
      else if (joined === undefined) throw new CodedError('WIRE_INVALID', 'hello comes first');
      else
        this.#answer(socket, request.id, joined.handle(request, sealedOf(request, bytes), bytes));
    } catch (error) {
      this.#refuse(socket, id, error);
    }
  }

  #hello(socket: Socket, hello: Hello): void {
    const given = Buffer.from(hello.token);
    if (!equalBytes(given, Buffer.from(this.#handler.token))) throw new CodedError('HUB_TOKEN');
    if (hello.protocol !== WIRE_PROTOCOL)
      throw new CodedError('HUB_PROTOCOL', String(hello.protocol));
    if (this.#sockets.get(socket) !== undefined)
      throw new CodedError('WIRE_INVALID', 'a second hello');
    const joined = this.#handler.join(hello);
    this.#sockets.set(socket, joined);
    this.#answer(socket, hello.id, joined.welcome);
  }

  #answer(socket: Socket, id: number, result: Promise<object> | object): void {
    if (result instanceof Promise) {
      result.then(
        (ok) => this.#send(socket, { id, ok }),
        (error) => this.#refuse(socket, id, error),
      );
    } else this.#send(socket, { id, ok: result });
  }

  #refuse(socket: Socket, id: number, error: unknown): void {
    const coded = error instanceof CodedError ? error : new CodedError('WIRE_INVALID', 'fault');
    this.#send(socket, { id, error: { code: coded.code, detail: coded.detail } });
  }

  #send(socket: Socket, message: object): void {
    socket.write(encodeWire(message));
    if (socket.writableLength > UNSENT_BYTES_MAX) socket.destroy();
  }
}

function idOf(json: unknown): number {
  const id = typeof json === 'object' && json !== null && 'id' in json ? json.id : undefined;
  return typeof id === 'number' ? id : 0;
}

/** Cuts the bytes behind the JSON into the records that it announces. */
export function sealedOf(request: SensorRequest, bytes: Uint8Array): SealedContent[] {
  const pieces: readonly SealedPiece[] = 'sealed' in request ? request.sealed : [];
  let at = 0;
  const contents = pieces.map(({ meta, length }) => {
    const record = bytes.subarray(at, at + length);
    at += length;
    return { meta, record };
  });
  if ('sealed' in request && at !== bytes.length)
    throw new CodedError('WIRE_INVALID', 'sealed lengths');
  return contents;
}
