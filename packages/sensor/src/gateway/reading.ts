import {
  type Frame,
  type JsonRpcId,
  LIMITS,
  type Message,
  type Notification,
  type Request,
  type Response,
} from '@spoor/core';
import { EventSplitter, type Piece, type ServerEvent } from '@spoor/edge/sse';
import type { Boundary } from '../boundary.ts';
import { type Answered, answerMasked, type Conversation } from '../conversation.ts';
import { Lane } from '../lane.ts';
import type { Counts } from './counts.ts';

/** Reads an answer along while its bytes go on, and holds what has to wait. */
export interface AnswerReader {
  data(chunk: Uint8Array): void;
  /** The upstream has said all; resolves when all of it has gone on. */
  end(): Promise<void> | undefined;
  /** Bytes that wait, for back-pressure. */
  readonly waitingBytes: number;
  /** May the length of what is written be another one? */
  readonly mayChange: boolean;
  /** Is it a stream of events? */
  readonly streams: boolean;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
}

export interface Reading {
  readonly conversation: Conversation;
  /** Keeps ids apart that only this answer knows; '' where a whole session knows them. */
  readonly scope: string;
  /** Requests that this answer is for; none on a stream of its own. */
  readonly asked: readonly JsonRpcId[];
  readonly boundary: Boundary;
  readonly write: (bytes: Uint8Array) => void;
  /** Called before a document is written that is not as long as the upstream said. */
  readonly resize: (bytes: number) => void;
  /** Breaks off: what comes cannot be masked. */
  readonly refuse: () => void;
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

/** What is given on of what had to wait. */
type Passing = (bytes: Uint8Array) => Uint8Array;

/** Takes in one message of the server; resolves with what may go on, where it had to wait. */
function take(message: Message, frame: Frame, reading: Reading): Promise<Passing> | undefined {
  const { conversation, scope } = reading;
  const held = conversation.isHeld(message, scope);
  const all = message.kind === 'batch' ? message.messages : [message];
  const told = all.map((one) => takeOne(one, frame, reading));
  if (!held || (message.kind !== 'response' && message.kind !== 'batch')) return undefined;
  return Promise.all(told).then((answered) => (bytes) => answerMasked(bytes, message, answered));
}

function takeFrame(frame: Frame, reading: Reading): Promise<Passing> | undefined {
  const { conversation, counts } = reading;
  const message = conversation.read(frame);
  if (message.kind !== 'invalid') return take(message, frame, reading);
  counts.add('unreadable');
  conversation.unreadable(message.reason);
  // It may be the very result of which something is masked.
  return conversation.masks ? Promise.resolve(() => withheld(conversation)) : undefined;
}

const withheld = (conversation: Conversation): Uint8Array =>
  Buffer.concat(conversation.unreadableResult());

/** What nothing waits for is done when the bytes have left, in order. */
export const later = (work: () => void): void => void setImmediate(work);

function takeOne(
  message: Request | Notification | Response,
  frame: Frame,
  { conversation, scope }: Reading,
): Promise<Answered | undefined> | undefined {
  if (message.kind === 'response') return conversation.responds(message, frame, scope);
  if (message.kind === 'request') conversation.asksBack(message, frame);
  return undefined;
}

/**
 * One JSON document. It goes on as it comes, unless it has to wait, or unless the trust boundary
 * may have to take something out of it.
 */
export class DocumentReader implements AnswerReader {
  readonly #reading: Reading;
  readonly #held: boolean;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #tooLarge = false;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#held = holds(reading) || reading.boundary.changesAnswers;
  }

  get mayChange(): boolean {
    return this.#held;
  }

  get streams(): boolean {
    return false;
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
    // What is too large to be read is too large to be masked.
    if (this.#reading.conversation.masks) this.#reading.refuse();
    else if (this.#held) for (const waiting of this.#chunks) write(waiting);
    this.#chunks = [];
  }

  end(): Promise<void> | undefined {
    const { conversation, counts } = this.#reading;
    if (this.#bytes === 0) return undefined;
    if (this.#tooLarge) {
      counts.add('unreadable');
      conversation.unreadable('too-large');
      return undefined;
    }
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    const frame: Frame = { bytes, kind: 'line' };
    if (holds(this.#reading))
      return Promise.resolve(takeFrame(frame, this.#reading)).then((passing) =>
        this.#pass(frame, passing),
      );
    if (this.#held) this.#pass(frame);
    later(() => takeFrame(frame, this.#reading));
    return undefined;
  }

  #pass(frame: Frame, passing: Passing = (bytes) => bytes): void {
    const { boundary, resize, write } = this.#reading;
    const bytes = passing(boundary.toClient(frame));
    if (bytes !== frame.bytes) resize(bytes.length);
    write(bytes);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The event's other lines as they are, and its data on one line. */
function withData(bytes: Uint8Array, data: string): Uint8Array {
  const lines = decoder.decode(bytes).split(/\r\n|\n|\r/);
  const kept = lines.filter((line) => line !== '' && !/^data(:|$)/.test(line));
  return encoder.encode([...kept, `data: ${data.replace(/[\r\n]+/g, ' ')}`, '', ''].join('\n'));
}

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

  get mayChange(): boolean {
    return false;
  }

  get streams(): boolean {
    return true;
  }

  data(chunk: Uint8Array): void {
    const { boundary } = this.#reading;
    if (!boundary.changesAnswers && !holds(this.#reading)) {
      this.#passWithheld();
      this.#lane.pass(chunk);
      for (const { event } of this.#splitter.push(chunk)) void this.#read(event, false);
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
    const whole = this.#ahead === 0;
    const rest = whole ? this.#bounded(bytes, event) : bytes.subarray(this.#ahead);
    this.#ahead = 0;
    const waits = this.#read(event, holds(this.#reading));
    if (waits === undefined) {
      if (event === undefined && this.#reading.conversation.masks) this.#reading.refuse();
      else this.#lane.pass(rest);
      return;
    }
    const slot = this.#lane.hold(rest);
    void waits.then((passing) => slot.release(this.#masked(rest, event, whole, passing)));
  }

  /** The rest of an event whose beginning has gone on already cannot be another one any more. */
  #masked(
    rest: Uint8Array,
    event: ServerEvent | undefined,
    whole: boolean,
    passing: Passing,
  ): Uint8Array {
    const data = encoder.encode(event?.data ?? '');
    const passed = passing(data);
    if (passed === data || decoder.decode(passed) === event?.data) return rest;
    if (whole) return withData(rest, decoder.decode(passed));
    this.#reading.refuse();
    return new Uint8Array(0);
  }

  /** The event without what stays behind at the trust boundary. */
  #bounded(bytes: Uint8Array, event: ServerEvent | undefined): Uint8Array {
    if (event?.data === undefined) return bytes;
    const data = encoder.encode(event.data);
    const passed = this.#reading.boundary.toClient({ bytes: data, kind: 'line' });
    return passed === data ? bytes : withData(bytes, decoder.decode(passed));
  }

  #read(event: ServerEvent | undefined, mayWait: boolean): Promise<Passing> | undefined {
    const { onEndpoint } = this.#reading;
    const { name, data } = event ?? {};
    if (data === undefined || data === '') return undefined;
    if (name === 'endpoint' && onEndpoint !== undefined) {
      this.#reading = { ...this.#reading, conversation: onEndpoint(data), scope: '' };
      return undefined;
    }
    const frame: Frame = { bytes: encoder.encode(data), kind: 'line' };
    const reading = this.#reading;
    if (mayWait) return takeFrame(frame, reading);
    later(() => takeFrame(frame, reading));
    return undefined;
  }
}
