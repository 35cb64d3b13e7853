import { asciiJson } from './ascii.ts';
import { concatBytes } from './bytes.ts';
import { CodedError } from './errors.ts';
import { LIMITS } from './limits.ts';

/**
 * Messages on the sensor socket: length of all that follows (u32, big endian), length of the JSON
 * (u32), the JSON, then bytes that need no JSON (sealed content).
 */
export interface WireMessage {
  readonly json: unknown;
  readonly bytes: Uint8Array;
}

const HEAD_BYTES = 8;
/** The shortest JSON text is one digit. */
const LENGTH_MIN = 5;
const EMPTY = new Uint8Array(0);

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Returns one buffer where there is nothing to append, so that small messages are one write. */
export function encodeWire(
  json: unknown,
  bytes: readonly Uint8Array[] = [],
): Uint8Array<ArrayBuffer> {
  const text = asciiJson(json);
  const total = bytes.reduce((sum, piece) => sum + piece.length, HEAD_BYTES + text.length);
  const buffer = new Uint8Array(total);
  const view = viewOf(buffer);
  view.setUint32(0, total - 4);
  view.setUint32(4, text.length);
  encoder.encodeInto(text, buffer.subarray(HEAD_BYTES));
  let at = HEAD_BYTES + text.length;
  for (const piece of bytes) {
    buffer.set(piece, at);
    at += piece.length;
  }
  return buffer;
}

/**
 * Cuts a byte stream into messages. Throws WIRE_TOO_LARGE or WIRE_INVALID; the stream is of no use
 * after that.
 */
export class WireDecoder {
  #buffer: Uint8Array = EMPTY;
  /**
   * Chunks are joined only when a message is complete: joining each would be quadratic on a large
   * one.
   */
  #chunks: Uint8Array[] = [];
  #chunkBytes = 0;

  push(chunk: Uint8Array): WireMessage[] {
    this.#chunks.push(chunk);
    this.#chunkBytes += chunk.length;
    if (this.#buffer.length + this.#chunkBytes < this.#wanted()) return [];
    this.#buffer = this.#joined();
    this.#chunks = [];
    this.#chunkBytes = 0;
    const messages: WireMessage[] = [];
    for (let end = this.#wanted(); this.#buffer.length >= end; end = this.#wanted()) {
      messages.push(readMessage(this.#buffer.subarray(4, end)));
      this.#buffer = this.#buffer.subarray(end);
    }
    return messages;
  }

  /** Mostly one chunk holds whole messages and nothing is to be joined. */
  #joined(): Uint8Array {
    const [only] = this.#chunks;
    return this.#buffer.length === 0 && this.#chunks.length === 1 && only !== undefined
      ? only
      : concatBytes(this.#buffer, ...this.#chunks);
  }

  /** Bytes needed before something can be read. */
  #wanted(): number {
    if (this.#buffer.length < HEAD_BYTES) return HEAD_BYTES;
    const length = viewOf(this.#buffer).getUint32(0);
    if (length > LIMITS.wireMessageBytesMax)
      throw new CodedError('WIRE_TOO_LARGE', `${length} bytes`);
    if (length < LENGTH_MIN) throw new CodedError('WIRE_INVALID', 'no room for JSON');
    return length + 4;
  }
}

function readMessage(body: Uint8Array): WireMessage {
  const textBytes = viewOf(body).getUint32(0);
  if (textBytes > body.length - 4)
    throw new CodedError('WIRE_INVALID', 'JSON longer than its message');
  try {
    const json: unknown = JSON.parse(decoder.decode(body.subarray(4, 4 + textBytes)));
    const rest = body.length - 4 - textBytes;
    return { json, bytes: rest === 0 ? EMPTY : body.subarray(4 + textBytes) };
  } catch (error) {
    throw new CodedError('WIRE_INVALID', 'no JSON', error);
  }
}
