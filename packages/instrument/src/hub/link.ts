import { connect, type Socket } from 'node:net';
import { encodeWire, isObject, type JsonObject, LIMITS, WireDecoder } from '@spoor/core';

/** A hub that does not read is as good as none, and what waits for it has an end. */
const UNSENT_BYTES_MAX = 16_777_216;
/** More than this unanswered, and the hub is slower than the program. */
const UNACKED_MAX = 1_000;

export interface LinkEvents {
  push(push: JsonObject): void;
  /** @param lost Messages that nobody has acknowledged. */
  closed(lost: number): void;
}

/** One connection to a hub. It keeps no program running. */
export class Link {
  readonly #socket: Socket;
  readonly #events: LinkEvents;
  readonly #decoder = new WireDecoder();
  readonly #waiting = new Map<number, (answer: JsonObject | undefined) => void>();
  #unacked: number[] = [];
  #nextId = 1;
  #open = true;

  private constructor(socket: Socket, events: LinkEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.unref();
    socket.on('data', (chunk: Uint8Array) => this.#read(chunk));
    // 'close' follows 'error'; there is nothing else to do about a broken connection.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#closed());
  }

  /** Rejects where nobody listens. */
  static open(path: string, events: LinkEvents): Promise<Link> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new Link(socket, events));
      });
    });
  }

  get open(): boolean {
    return this.#open;
  }

  /** Resolves with what stands under `ok`, or undefined where the hub refused or is gone. */
  ask(request: object, bytes: readonly Uint8Array[] = []): Promise<JsonObject | undefined> {
    if (!this.#open || this.#waiting.size >= UNACKED_MAX) return Promise.resolve(undefined);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#write({ ...request, id }, bytes);
    });
  }

  /** Sends what nobody waits for; false where it was not taken. */
  post(request: object, bytes: readonly Uint8Array[]): boolean {
    if (!this.#open || this.#unacked.length >= UNACKED_MAX) return false;
    const id = this.#nextId++;
    this.#unacked.push(id);
    this.#write({ ...request, id, quiet: true }, bytes);
    return true;
  }

  close(): void {
    this.#socket.end();
  }

  #write(message: object, bytes: readonly Uint8Array[]): void {
    this.#socket.write(encodeWire(message, bytes));
    if (this.#socket.writableLength > UNSENT_BYTES_MAX) this.#socket.destroy();
  }

  #read(chunk: Uint8Array): void {
    try {
      for (const { json } of this.#decoder.push(chunk)) if (isObject(json)) this.#settle(json);
    } catch {
      this.#socket.destroy();
    }
  }

  #settle(message: JsonObject): void {
    const { acked, push, id, ok } = message;
    if (isObject(push)) this.#events.push(push);
    else if (typeof acked === 'number') {
      while ((this.#unacked[0] ?? Infinity) <= acked) this.#unacked.shift();
    } else if (typeof id === 'number') {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      waiting?.(isObject(ok) ? ok : undefined);
    }
  }

  #closed(): void {
    this.#open = false;
    for (const resolve of this.#waiting.values()) resolve(undefined);
    this.#waiting.clear();
    this.#events.closed(this.#unacked.splice(0).length);
  }
}

/** What a message may weigh on the socket; content that is larger goes on untold, and counted. */
export const MESSAGE_BYTES_MAX: number = LIMITS.frameBytesMax;
