import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { CodedError, equalBytes, type SealedContent } from '@spoor/core';
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
import type { Node } from './decide/node.ts';

/** What the socket server asks of the hub. */
export interface SensorHandler {
  readonly token: string;
  /** A sensor has said who it is. */
  join(hello: Hello, node?: Node): Joined;
  /** It is gone. */
  left?(connection: Connection, afterMs: number): void;
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
/** Who has not said who they are may make the hub keep no more than this. */
const STRANGER_BYTES_MAX = 65_536;
const CONNECTIONS_MAX = 4_096;
const ACK_AFTER_MS = 20;
/**
 * What a stopping hub waits for decisions that are being made, and for its last words to be read.
 */
const DRAIN_MS = 1_000;

/** The socket that sensors speak to. */
export class SensorServer {
  readonly #handler: SensorHandler;
  readonly #server: Server;
  readonly #sockets = new Map<Socket, Joined | undefined>();
  readonly #joinedMs = new WeakMap<Socket, number>();
  /** Sockets whose machine has proved its key; all others are of this machine. */
  readonly #nodes = new WeakMap<Socket, Node>();
  readonly #deciding = new Set<Promise<unknown>>();
  readonly #acks = new Map<Socket, number>();
  readonly counts: Record<string, number> = {
    sensorsRefused: 0,
    sensorsCutOff: 0,
    sensorFaults: 0,
    socketErrors: 0,
  };

  constructor(handler: SensorHandler) {
    this.#handler = handler;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.maxConnections = CONNECTIONS_MAX;
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
        // From here on an error is of one connection (no file descriptors, say) and must not end
        // the hub.
        this.#server.off('error', reject);
        this.#server.on('error', () => this.#count('socketErrors'));
        resolve();
      });
    });
  }

  /** Takes a connection on which an enrolled machine has proved who it is. */
  take(socket: Socket, node: Node): void {
    this.#nodes.set(socket, node);
    this.#accept(socket);
  }

  /** How many connections a machine has. */
  countOf(name: string): number {
    return [...this.#sockets.keys()].filter((one) => this.#nodes.get(one)?.name === name).length;
  }

  /** Ends all connections of a machine at once. */
  cut(name: string): void {
    for (const socket of this.#sockets.keys())
      if (this.#nodes.get(socket)?.name === name) socket.destroy();
  }

  /** Sessions that sensors stand in. */
  get sessions(): ReadonlySet<string> {
    const joined = [...this.#sockets.values()].filter((one) => one !== undefined);
    return new Set(joined.map(({ connection }) => connection.session.id));
  }

  /** Ends all connections of a session at once: its sensors come back, and get another. */
  cutSession(session: string): void {
    for (const [socket, joined] of this.#sockets)
      if (joined?.connection.session.id === session) socket.destroy();
  }

  push(push: Push): void {
    for (const [socket, joined] of this.#sockets)
      if (joined !== undefined) this.#send(socket, { push });
  }

  /** To each sensor what is meant for its connection. */
  pushEach(pushTo: (connection: Connection) => Push): void {
    for (const [socket, joined] of this.#sockets)
      if (joined !== undefined) this.#send(socket, { push: pushTo(joined.connection) });
  }

  /** Does a program stand below one that a sensor serves? Its host's doing may be its own. */
  isWithin(ancestors: readonly string[]): boolean {
    return [...this.#sockets.values()].some((joined) => {
      if (joined === undefined) return false;
      const { sensor, host } = joined.connection.hello;
      // Clients of a gateway are not the program that started it.
      return (
        sensor.kind !== 'gateway' && ancestors.includes(`${host.process.pid}.${host.process.start}`)
      );
    });
  }

  /** To the sensors of one server. */
  pushTo(server: string, push: Push): void {
    for (const [socket, joined] of this.#sockets)
      if (joined?.connection.hello.server.name === server) this.#send(socket, { push });
  }

  /** To the sensor of one connection. */
  pushToOne(connection: Connection, push: Push): void {
    for (const [socket, joined] of this.#sockets)
      if (joined?.connection === connection) this.#send(socket, { push });
  }

  /** Lets decisions that are being made be answered, and the answers be read. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await within(DRAIN_MS, Promise.allSettled(this.#deciding));
    this.#ack();
    for (const socket of this.#sockets.keys()) socket.end();
    await within(DRAIN_MS, closed);
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const decoder = new WireDecoder();
    this.#sockets.set(socket, undefined);
    const late = setTimeout(() => this.#sockets.get(socket) ?? socket.destroy(), HELLO_WITHIN_MS);
    socket.on('data', (chunk) => {
      try {
        for (const message of decoder.push(chunk)) {
          if (socket.destroyed) break;
          this.#receive(socket, message);
        }
        const stranger = this.#sockets.get(socket) === undefined;
        if (stranger && socket.bytesRead > STRANGER_BYTES_MAX) this.#cutOff(socket);
      } catch {
        this.#cutOff(socket);
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(late);
      this.#left(socket);
      this.#sockets.delete(socket);
    });
  }

  #left(socket: Socket): void {
    const joined = this.#sockets.get(socket);
    if (joined === undefined) return;
    joined.leave();
    const sinceMs = this.#joinedMs.get(socket) ?? performance.now();
    this.#handler.left?.(joined.connection, performance.now() - sinceMs);
  }

  #receive(socket: Socket, { json, bytes }: WireMessage): void {
    const id = idOf(json);
    try {
      const request = admitRequest(json);
      const joined = this.#sockets.get(socket);
      if (request.op === 'hello') this.#hello(socket, request);
      else if (joined === undefined) throw new CodedError('WIRE_INVALID', 'hello comes first');
      else {
        const answer = joined.handle(request, sealedOf(request, bytes), bytes);
        if ('quiet' in request && request.quiet === true) this.#taken(socket, id, answer);
        else this.#answer(socket, request.id, answer);
      }
    } catch (error) {
      this.#refuse(socket, id, error);
    }
  }

  #taken(socket: Socket, id: number, answer: Promise<object> | object): void {
    if (answer instanceof Promise) answer.catch(() => this.#count('sensorFaults'));
    this.#ackLater(socket, id);
  }

  /** One acknowledgement for many: each would wake the sensor in the middle of its work. */
  #ackLater(socket: Socket, id: number): void {
    if (this.#acks.size === 0) setTimeout(() => this.#ack(), ACK_AFTER_MS);
    this.#acks.set(socket, id);
  }

  #ack(): void {
    for (const [socket, acked] of this.#acks) this.#send(socket, { acked });
    this.#acks.clear();
  }

  #hello(socket: Socket, hello: Hello): void {
    const node = this.#nodes.get(socket);
    const given = Buffer.from(hello.token);
    if (node === undefined && !equalBytes(given, Buffer.from(this.#handler.token))) {
      this.#count('sensorsRefused');
      throw new CodedError('HUB_TOKEN');
    }
    if (hello.protocol !== WIRE_PROTOCOL)
      throw new CodedError('HUB_PROTOCOL', String(hello.protocol));
    if (this.#sockets.get(socket) !== undefined)
      throw new CodedError('WIRE_INVALID', 'a second hello');
    const joined = this.#handler.join(hello, node);
    this.#sockets.set(socket, joined);
    this.#joinedMs.set(socket, performance.now());
    this.#answer(socket, hello.id, joined.welcome);
  }

  #answer(socket: Socket, id: number, result: Promise<object> | object): void {
    if (!(result instanceof Promise)) {
      this.#send(socket, { id, ok: result });
      return;
    }
    const answered = result.then(
      (ok) => this.#send(socket, { id, ok }),
      (error) => this.#refuse(socket, id, error),
    );
    this.#deciding.add(answered);
    void answered.finally(() => this.#deciding.delete(answered));
  }

  /** A stranger that got it wrong has had its one try. */
  #refuse(socket: Socket, id: number, error: unknown): void {
    const known = error instanceof CodedError;
    if (!known) this.#count('sensorFaults');
    const { code, detail } = known ? error : new CodedError('WIRE_INVALID', 'fault');
    this.#send(socket, { id, error: { code, detail } });
    if (this.#sockets.get(socket) === undefined) socket.end();
  }

  #send(socket: Socket, message: object): void {
    if (!socket.writable) return;
    socket.write(encodeWire(message));
    if (socket.writableLength > UNSENT_BYTES_MAX) this.#cutOff(socket);
  }

  #cutOff(socket: Socket): void {
    this.#count('sensorsCutOff');
    socket.destroy();
  }

  #count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

/** Settles with the promise, or after the time. */
async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  const timer = Promise.withResolvers<void>();
  const timeout = setTimeout(timer.resolve, ms);
  await Promise.race([promise, timer.promise]);
  clearTimeout(timeout);
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
