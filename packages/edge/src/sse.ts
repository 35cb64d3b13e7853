import { LIMITS } from '@spoor/core';

/** A piece of a stream of events, byte for byte; all in order are the stream. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Absent where the piece is only a part of an event that is too large to keep. */
  readonly event?: ServerEvent;
}

/** What the HTML standard (§9.2.6) makes of an event's lines. */
export interface ServerEvent {
  readonly name: string;
  /** Undefined where the event has no data, like a keep-alive. */
  readonly data: string | undefined;
  /** By which the stream can be taken up again behind it. */
  readonly id?: string;
  /** What the server wants waited before that. */
  readonly retryMs?: number;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts a stream of server-sent events at the blank lines between them, without changing a byte.
 * Lines end with LF, CR LF or CR.
 */
export class EventSplitter {
  #held = new Uint8Array(0);
  #heldBytes = 0;
  readonly #bytesMax: number;
  /** The current line has no byte yet. */
  #lineEmpty = true;
  #afterCr = false;
  /** The blank line's CR has ended the event; an LF that follows belongs to it. */
  #endedByCr = false;
  #oversized = false;

  constructor(bytesMax: number = LIMITS.frameBytesMax) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes of an event that is not complete. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Valid until the next `push`. */
  get held(): Uint8Array {
    return this.#held.subarray(0, this.#heldBytes);
  }

  push(chunk: Uint8Array): Piece[] {
    const pieces: Piece[] = [];
    let start = 0;
    for (let end = this.#endOfEvent(chunk, start); end > 0; ) {
      this.#hold(chunk.subarray(start, end), pieces);
      this.#complete(pieces);
      start = end;
      end = start < chunk.length ? this.#endOfEvent(chunk, start) : 0;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start), pieces);
    return pieces;
  }

  /** What was held when the stream ended: no event, since no blank line has ended it. */
  end(): Uint8Array {
    return this.#release();
  }

  /** Index behind the blank line that ends the current event, or 0 where it goes on. */
  #endOfEvent(chunk: Uint8Array, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i];
      if (byte === LF && this.#afterCr) {
        this.#afterCr = false;
        if (this.#endedByCr) {
          // The second half of a CR LF whose CR has ended the event already.
          this.#endedByCr = false;
          return i + 1;
        }
      } else if (byte === LF || byte === CR) {
        this.#afterCr = byte === CR;
        if (this.#lineEmpty) return this.#blankLine(chunk, i);
        this.#lineEmpty = true;
      } else {
        this.#afterCr = false;
        this.#endedByCr = false;
        this.#lineEmpty = false;
        i = skipText(chunk, i);
      }
    }
    return 0;
  }

  #blankLine(chunk: Uint8Array, at: number): number {
    if (!this.#afterCr) return at + 1;
    if (chunk[at + 1] === LF) {
      this.#afterCr = false;
      return at + 2;
    }
    this.#endedByCr = true;
    return at + 1;
  }

  #complete(pieces: Piece[]): void {
    const oversized = this.#oversized;
    this.#oversized = false;
    const bytes = this.#release();
    pieces.push(oversized ? { bytes } : { bytes, event: readEvent(bytes) });
  }

  #hold(bytes: Uint8Array, pieces: Piece[]): void {
    const needed = this.#heldBytes + bytes.length;
    if (needed > this.#bytesMax) this.#oversized = true;
    if (this.#oversized) {
      if (this.#heldBytes > 0) pieces.push({ bytes: this.#release() });
      pieces.push({ bytes });
      return;
    }
    if (needed > this.#held.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#held.length));
      larger.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = larger;
    }
    this.#held.set(bytes, this.#heldBytes);
    this.#heldBytes = needed;
  }

  #release(): Uint8Array {
    const bytes = this.#held.subarray(0, this.#heldBytes);
    this.#held = new Uint8Array(0);
    this.#heldBytes = 0;
    return bytes;
  }
}

/** The last byte of this line's text that the chunk has. */
function skipText(chunk: Uint8Array, from: number): number {
  const lf = chunk.indexOf(LF, from);
  const end = lf < 0 ? chunk.length : lf;
  for (let i = from; i < end; i++) if (chunk[i] === CR) return i - 1;
  return end - 1;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function readEvent(bytes: Uint8Array): ServerEvent {
  const data: string[] = [];
  const last: Record<string, string> = {};
  const text = decoder.decode(bytes);
  // The standard drops one byte order mark at the start of the stream.
  for (const line of (text.startsWith('\uFEFF') ? text.slice(1) : text).split(/\r\n|\n|\r/)) {
    const [field, value] = fieldOf(line);
    if (field === 'data') data.push(value);
    else if (FIELDS.get(field)?.test(value) === true) last[field] = value;
  }
  const { event = '', id, retry } = last;
  return {
    name: event,
    data: data.length === 0 ? undefined : data.join('\n'),
    ...(id === undefined ? {} : { id }),
    ...(retry === undefined ? {} : { retryMs: Number(retry) }),
  };
}

function fieldOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line, ''];
  return [line.slice(0, colon), line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)];
}

/** Fields of which the last one counts, and what they may hold; others are ignored. */
const FIELDS: ReadonlyMap<string, RegExp> = new Map([
  ['event', /^/],
  ['id', /^[^\0]*$/],
  ['retry', /^\d{1,9}$/],
]);
