import { assert } from './assert.ts';
import { LIMITS } from './limits.ts';

/**
 * A piece of the byte stream, newline included. All pieces in order are the stream, byte for byte.
 */
export interface Frame {
  readonly bytes: Uint8Array;
  /**
   * `line`: one whole line. `part`: a piece of a line over the limit, or its last piece.
   * `tail`: what stood after the last newline when the stream ended.
   */
  readonly kind: 'line' | 'part' | 'tail';
}

const NEWLINE = 0x0a;

/**
 * Cuts a byte stream into lines without changing a byte. A line over `frameBytesMax` is handed on
 * in parts as it comes, so that memory stays bounded.
 */
export class FrameSplitter {
  /** Grows by doubling, so that a line that comes byte by byte costs neither memory nor time. */
  #held = new Uint8Array(0);
  #heldBytes = 0;
  #oversized = false;
  readonly #bytesMax: number;

  constructor(bytesMax: number = LIMITS.frameBytesMax) {
    assert(bytesMax > 0, 'a frame holds at least one byte');
    this.#bytesMax = bytesMax;
  }

  /** Bytes that wait for their newline. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let start = 0;
    while (start < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, start);
      const end = newline < 0 ? chunk.length : newline + 1;
      this.#take(chunk.subarray(start, end), newline >= 0, frames);
      start = end;
    }
    return frames;
  }

  /** What is left when the stream ends, if anything. */
  end(): Frame | undefined {
    if (this.#heldBytes === 0) return undefined;
    return { bytes: this.#release(), kind: 'tail' };
  }

  #take(piece: Uint8Array, complete: boolean, frames: Frame[]): void {
    if (!this.#oversized && this.#heldBytes + piece.length > this.#bytesMax) this.#oversized = true;
    if (this.#oversized) {
      if (this.#heldBytes > 0) frames.push({ bytes: this.#release(), kind: 'part' });
      frames.push({ bytes: piece, kind: 'part' });
      if (complete) this.#oversized = false;
      return;
    }
    if (complete && this.#heldBytes === 0) {
      frames.push({ bytes: piece, kind: 'line' });
      return;
    }
    this.#hold(piece);
    if (complete) frames.push({ bytes: this.#release(), kind: 'line' });
  }

  #release(): Uint8Array {
    const bytes = this.#held.subarray(0, this.#heldBytes);
    this.#held = new Uint8Array(0);
    this.#heldBytes = 0;
    return bytes;
  }

  #hold(piece: Uint8Array): void {
    const needed = this.#heldBytes + piece.length;
    if (needed > this.#held.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#held.length));
      larger.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = larger;
    }
    this.#held.set(piece, this.#heldBytes);
    this.#heldBytes = needed;
  }
}
