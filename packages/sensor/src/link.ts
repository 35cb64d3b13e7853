import { connect, type Socket } from 'node:net';
import {
  CodedError,
  type ErrorCode,
  type IdentityEvidence,
  LIMITS,
  type SealedContent,
} from '@spoor/core';
import { encodeWire, WireDecoder } from '@spoor/edge/codec';
import type {
  Begun,
  Ended,
  Found,
  Hello,
  HubMessage,
  Push,
  SealedPiece,
  Sensed,
  SensorRequest,
  Welcome,
} from '@spoor/edge/wire';

import type { Offer } from './elicitation.ts';

/** An observation that was sent and that the hub has not said it has. */
export interface Unacked {
  readonly id: number;
  readonly observation: Sensed;
  readonly sealed: readonly SealedContent[];
}

/** One connection to the hub, from `hello` to its end. Knows nothing of what it carries. */
export class Link {
  readonly #socket: Socket;
  readonly #decoder = new WireDecoder();
  readonly #waiting = new Map<number, Waiting>();
  #unacked: Unacked[] = [];
  /** What nobody waits for, until the current turn of the loop is over. */
  #later: Uint8Array[] = [];
  #nextId = 1;
  #open = true;

  private constructor(
    socket: Socket,
    onPush: (push: Push) => void,
    onClose: (unacked: readonly Unacked[]) => void,
  ) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#read(chunk, onPush));
    // 'close' follows 'error'; there is nothing else to do about a broken connection.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#open = false;
      for (const { reject } of this.#waiting.values()) reject(new CodedError('HUB_UNREACHABLE'));
      this.#waiting.clear();
      onClose(this.#unacked.splice(0));
    });
  }

  /**
   * Rejects with HUB_UNREACHABLE, or with the code with which the hub refused.
   *
   * @param target Path of a socket, or what makes a connection.
   * @param withinMs Until the hub has to have welcomed us.
   */
  static async open(
    target: string | (() => Promise<Socket>),
    hello: Omit<Hello, 'id' | 'op'>,
    onPush: (push: Push) => void,
    onClose: (unacked: readonly Unacked[]) => void,
    withinMs: number = LIMITS.hubWelcomeMs,
  ): Promise<{ readonly link: Link; readonly welcome: Welcome }> {
    const socket = await (typeof target === 'string' ? connected(target) : target());
    if (socket.destroyed) throw new CodedError('HUB_UNREACHABLE');
    const link = new Link(socket, onPush, onClose);
    // A hub that hangs is no hub; the next try may find another one.
    const late = setTimeout(() => socket.destroy(), withinMs);
    try {
      const welcome = (await link.#ask({ op: 'hello', id: link.#nextId++, ...hello })) as Welcome;
      return { link, welcome };
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  get open(): boolean {
    return this.#open;
  }

  begin(
    observation: Sensed,
    sealed: readonly SealedContent[],
    identity?: IdentityEvidence,
  ): Promise<Begun> {
    return this.#observe('begin', observation, sealed, identity) as Promise<Begun>;
  }

  end(observation: Sensed, sealed: readonly SealedContent[]): Promise<Ended> {
    return this.#observe('end', observation, sealed) as Promise<Ended>;
  }

  /**
   * Sends what nobody waits for. False where too much is unanswered already: then it is time to
   * wait. What the hub has not acknowledged when the connection ends is handed back.
   */
  post(
    op: 'begin' | 'end',
    observation: Sensed,
    sealed: readonly SealedContent[],
    identity?: IdentityEvidence,
  ): boolean {
    if (!this.#open || this.#unacked.length >= UNACKED_MAX) return false;
    const id = this.#nextId++;
    this.#unacked.push({ id, observation, sealed });
    const known = identity === undefined ? {} : { identity };
    const request = { op, id, observation, sealed: piecesOf(sealed), ...known, quiet: true };
    this.#writeLater(encodeWire(request, recordsOf(sealed)));
    return true;
  }

  async key(kek: string, wrapped: Uint8Array): Promise<void> {
    await this.#ask({ op: 'key', id: this.#nextId++, kek }, [wrapped]);
  }

  async embed(call: string, text: string): Promise<void> {
    await this.#ask({ op: 'embed', id: this.#nextId++, call, text });
  }

  /** Where the hub trusts the client to ask its user. The hub compares what the answer is for. */
  offerOf({ id: call, request }: Sensed, { decision, elicit }: Begun): Offer | undefined {
    const { case: caseId } = decision;
    if (elicit !== true || caseId === undefined) return undefined;
    const digest = request?.digest ?? '';
    const answer = (said: 'approve' | 'deny'): void => {
      const asked = this.#ask({ op: 'answer', id: this.#nextId++, call, answer: said, digest });
      // One that is refused leaves the call to wait: for another answer, or for its end.
      asked.catch(() => undefined);
    };
    return { case: caseId, answer };
  }

  find(tool: string, pair: string): Promise<Found> {
    return this.#ask({ op: 'find', id: this.#nextId++, tool, pair }) as Promise<Found>;
  }

  async report(source: string, about: string, counts: Counted): Promise<void> {
    await this.#ask({ op: 'report', id: this.#nextId++, source, about, counts });
  }

  async lost(count: number): Promise<void> {
    await this.#ask({ op: 'lost', id: this.#nextId++, count });
  }

  /** Waits for the answers that are due, then closes. */
  async close(): Promise<void> {
    // An answer to this one means that all before it are taken.
    if (this.#unacked.length > 0) await this.lost(0).catch(() => undefined);
    this.#unacked = [];
    await Promise.allSettled([...this.#waiting.values()].map(({ settled }) => settled));
    this.#socket.end();
  }

  #observe(
    op: 'begin' | 'end',
    observation: Sensed,
    sealed: readonly SealedContent[],
    identity?: IdentityEvidence,
  ): Promise<unknown> {
    const known = identity === undefined ? {} : { identity };
    const request = { op, id: this.#nextId++, observation, sealed: piecesOf(sealed), ...known };
    return this.#ask(request, recordsOf(sealed));
  }

  #ask(request: SensorRequest, bytes: readonly Uint8Array[] = []): Promise<unknown> {
    if (!this.#open) return Promise.reject(new CodedError('HUB_UNREACHABLE'));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(request.id, { resolve, reject, settled: promise });
    // Nobody may be waiting for the answer to an `end`; that is no unhandled rejection.
    promise.catch(() => undefined);
    this.#write(encodeWire(request, bytes));
    return promise;
  }

  /** A hub that does not read is as good as none, and what is kept for it has an end. */
  #write(message: Uint8Array): void {
    const later = this.#later.splice(0);
    this.#socket.write(later.length === 0 ? message : Buffer.concat([...later, message]));
    if (this.#socket.writableLength > UNSENT_BYTES_MAX) this.#socket.destroy();
  }

  /** Many in one write: each would cost the sensor a system call, and wake the hub. */
  #writeLater(message: Uint8Array): void {
    if (this.#later.length === 0) setImmediate(() => this.#flush());
    this.#later.push(message);
    if (this.#later.length >= LATER_MAX) this.#flush();
  }

  #flush(): void {
    const last = this.#later.pop();
    if (last !== undefined && this.#open) this.#write(last);
  }

  #read(chunk: Buffer, onPush: (push: Push) => void): void {
    try {
      for (const { json } of this.#decoder.push(chunk)) this.#settle(json as HubMessage, onPush);
    } catch {
      this.#socket.destroy();
    }
  }

  #settle(message: HubMessage, onPush: (push: Push) => void): void {
    if ('push' in message) {
      onPush(message.push);
      return;
    }
    if ('acked' in message) {
      while ((this.#unacked[0]?.id ?? Infinity) <= message.acked) this.#unacked.shift();
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('ok' in message) waiting?.resolve(message.ok);
    else
      waiting?.reject(new CodedError(message.error.code satisfies ErrorCode, message.error.detail));
  }
}

type Counted = Readonly<Record<string, number>>;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly settled: Promise<unknown>;
}

const LATER_MAX = 64;

/** More than this unanswered, and the hub is slower than its sensors. */
const UNACKED_MAX = 1_000;
const UNSENT_BYTES_MAX = 16_777_216;

const recordsOf = (sealed: readonly SealedContent[]): Uint8Array[] =>
  sealed.map(({ record }) => record);

export const piecesOf = (sealed: readonly SealedContent[]): SealedPiece[] =>
  sealed.map(({ meta, record }) => ({ meta, length: record.length }));

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error) => reject(new CodedError('HUB_UNREACHABLE', path, error)));
  });
}
