import { CodedError, LIMITS } from '@spoor/core';

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

/** Returns one buffer where there is nothing to append, so that small messages are one write. */
export function encodeWire(json: unknown, bytes: readonly Uint8Array[] = []): Buffer {
  const text = JSON.stringify(json);
  const textBytes = Buffer.byteLength(text);
  const total = bytes.reduce((sum, piece) => sum + piece.length, HEAD_BYTES + textBytes);
  const buffer = Buffer.allocUnsafe(total);
  buffer.writeUInt32BE(total - 4, 0);
  buffer.writeUInt32BE(textBytes, 4);
  buffer.write(text, HEAD_BYTES);
  let at = HEAD_BYTES + textBytes;
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
  #buffer: Buffer = Buffer.alloc(0);
  /**
   * Chunks are joined only when a message is complete: joining each would be quadratic on a large
   * one.
   */
  #chunks: Buffer[] = [];
  #chunkBytes = 0;

  push(chunk: Buffer): WireMessage[] {
    this.#chunks.push(chunk);
    this.#chunkBytes += chunk.length;
    if (this.#buffer.length + this.#chunkBytes < this.#wanted()) return [];
    this.#buffer = Buffer.concat([this.#buffer, ...this.#chunks]);
    this.#chunks = [];
    this.#chunkBytes = 0;
    const messages: WireMessage[] = [];
    for (let end = this.#wanted(); this.#buffer.length >= end; end = this.#wanted()) {
      messages.push(readMessage(this.#buffer.subarray(4, end)));
      this.#buffer = this.#buffer.subarray(end);
    }
    return messages;
  }

  /** Bytes needed before something can be read. */
  #wanted(): number {
    if (this.#buffer.length < HEAD_BYTES) return HEAD_BYTES;
    const length = this.#buffer.readUInt32BE(0);
    if (length > LIMITS.wireMessageBytesMax)
      throw new CodedError('WIRE_TOO_LARGE', `${length} bytes`);
    if (length < LENGTH_MIN) throw new CodedError('WIRE_INVALID', 'no room for JSON');
    return length + 4;
  }
}

function readMessage(body: Buffer): WireMessage {
  const textBytes = body.readUInt32BE(0);
  if (textBytes > body.length - 4)
    throw new CodedError('WIRE_INVALID', 'JSON longer than its message');
  try {
    const json: unknown = JSON.parse(body.toString('utf8', 4, 4 + textBytes));
    const rest = body.length - 4 - textBytes;
    return { json, bytes: rest === 0 ? EMPTY : body.subarray(4 + textBytes) };
  } catch (error) {
    throw new CodedError('WIRE_INVALID', 'no JSON', error);
  }
}
