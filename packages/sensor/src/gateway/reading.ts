import {
  type Frame,
  type JsonRpcId,
  LIMITS,
  type Message,
  type Notification,
  type Request,
  type Response,
} from '@spoor/core';
import type { Conversation } from '../conversation.ts';
import { Lane } from '../lane.ts';
import type { Counts } from './counts.ts';
import { EventSplitter, type Piece, type ServerEvent } from './sse.ts';

/** Reads an answer along while its bytes go on, and holds what has to wait. */
export interface AnswerReader {
  data(chunk: Uint8Array): void;
  /** The upstream has said all; resolves when all of it has gone on. */
  end(): Promise<void> | undefined;
  /** Bytes that wait, for back-pressure. */
  readonly waitingBytes: number;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
}

export interface Reading {
  readonly conversation: Conversation;
  /** Keeps ids apart that only this answer knows; '' where a whole session knows them. */
  readonly scope: string;
  /** Requests that this answer is for; none on a stream of its own. */
  readonly asked: readonly JsonRpcId[];
  readonly write: (bytes: Uint8Array) => void;
  readonly counts: Counts;
  /** The legacy transport of two endpoints names the other one in its first event. */
  readonly onEndpoint?: (uri: string) => Conversation;
}

/** Does an answer have to wait? What it is for is known before it is asked for. */
function holds({ conversation, asked, scope }: Reading): boolean {
  return asked.length === 0
    ? conversation.holds
    : asked.some((id) => conversation.isHeld({ kind: 'response', id }, scope));
}

/** Takes in one message of the server; resolves when what had to wait may go on. */
function take(message: Message, frame: Frame, reading: Reading): Promise<unknown> | undefined {
  const { conversation, scope } = reading;
  if (message.kind === 'batch') {
    const taken = message.messages.map((one) => takeOne(one, frame, reading));
    return Promise.all(taken);
  }
  const held = conversation.isHeld(message, scope);
  const told = takeOne(message, frame, reading);
  return held ? told : undefined;
}

function takeOne(
  message: Request | Notification | Response,
  frame: Frame,
  { conversation, scope }: Reading,
): Promise<void> | undefined {
  if (message.kind === 'response') return conversation.responds(message, frame, scope);
  if (message.kind === 'request') conversation.asksBack(message, frame);
  return undefined;
}

/** One JSON document. */
export class DocumentReader implements AnswerReader {
  readonly #reading: Reading;
  readonly #held: boolean;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #tooLarge = false;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#held = holds(reading);
  }

  get waitingBytes(): number {
    return 0;
  }

  idle(): Promise<void> {
    return Promise.resolve();
  }

  data(chunk: Uint8Array): void {
    const { write } = this.#reading;
    if (this.#tooLarge || !this.#held) write(chunk);
    if (this.#tooLarge) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes <= LIMITS.frameBytesMax) return;
    this.#tooLarge = true;
    if (this.#held) for (const waiting of this.#chunks) write(waiting);
    this.#chunks = [];
  }

  end(): Promise<void> | undefined {
    const { conversation, counts, write } = this.#reading;
    if (this.#bytes === 0) return undefined;
    if (this.#tooLarge) {
      counts.add('unreadable');
      conversation.unreadable('too-large');
      return undefined;
    }
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    const frame: Frame = { bytes, kind: 'line' };
    const message = conversation.read(frame);
    if (message.kind === 'invalid') {
      counts.add('unreadable');
      conversation.unreadable(message.reason);
    }
    const told = message.kind === 'invalid' ? undefined : take(message, frame, this.#reading);
    if (!this.#held) return undefined;
    return Promise.resolve(told).then(() => write(bytes));
  }
}

const encoder = new TextEncoder();

/** A stream of events: bytes go on as they come, and only an event that has to wait is held. */
export class StreamReader implements AnswerReader {
  #reading: Reading;
  readonly #splitter = new EventSplitter();
  readonly #lane: Lane;
  #inserted: Uint8Array[] = [];
  /** Bytes of the current event that have gone on already. */
  #ahead = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#lane = new Lane(reading.write);
  }

  get waitingBytes(): number {
    return this.#lane.waitingBytes;
  }

  idle(): Promise<void> {
    return this.#lane.idle();
  }

  data(chunk: Uint8Array): void {
    if (!holds(this.#reading)) {
      this.#passWithheld();
      this.#lane.pass(chunk);
      for (const { event } of this.#splitter.push(chunk)) this.#read(event);
      this.#ahead = this.#splitter.heldBytes;
    } else for (const piece of this.#splitter.push(chunk)) this.#piece(piece);
    this.#insert();
  }

  end(): Promise<void> | undefined {
    this.#passWithheld();
    return this.#lane.waitingBytes === 0 ? undefined : this.#lane.idle();
  }

  /** An event of Spoor's own, between two of the server's. */
  insert(event: Uint8Array): void {
    this.#inserted.push(event);
    this.#insert();
  }

  #insert(): void {
    if (this.#splitter.heldBytes > 0) return;
    for (const event of this.#inserted.splice(0)) this.#lane.pass(event);
  }

  /** The beginning of an event that no longer has to wait. */
  #passWithheld(): void {
    const withheld = this.#splitter.heldBytes - this.#ahead;
    if (withheld <= 0) return;
    this.#lane.pass(this.#splitter.held.slice(this.#ahead));
    this.#ahead = this.#splitter.heldBytes;
  }

  #piece({ bytes, event }: Piece): void {
    const rest = bytes.subarray(this.#ahead);
    this.#ahead = 0;
    const waits = this.#read(event);
    if (waits === undefined) this.#lane.pass(rest);
    else {
      const slot = this.#lane.hold(rest);
      void waits.finally(() => slot.release());
    }
  }

  #read(event: ServerEvent | undefined): Promise<unknown> | undefined {
    const { conversation, counts, onEndpoint } = this.#reading;
    if (event === undefined) return undefined;
    const { name, data } = event;
    if (data === undefined || data === '') return undefined;
    if (name === 'endpoint' && onEndpoint !== undefined) {
      this.#reading = { ...this.#reading, conversation: onEndpoint(data), scope: '' };
      return undefined;
    }
    const frame: Frame = { bytes: encoder.encode(data), kind: 'line' };
    const message = conversation.read(frame);
    if (message.kind !== 'invalid') return take(message, frame, this.#reading);
    counts.add('unreadable');
    conversation.unreadable(message.reason);
    return undefined;
  }
}
