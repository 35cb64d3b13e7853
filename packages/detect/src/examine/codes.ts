import {
  CONTROL_CODE,
  HIDDEN_CODE,
  isWideSpace,
  WIDE_CODE,
  WIDE_SPACE_CODE,
} from './characters.ts';
import { isHiddenAt } from './hidden.ts';

/** Shorter texts are copied by a loop: a call into the engine costs more. */
const LOOP_CHARS_MAX = 48;
/** Zeros after the end, so that looking a few characters ahead needs no check. */
const MARGIN = 16;

const encoder = new TextEncoder();

/**
 * A text as one byte for each of its UTF-16 units: ASCII as it is, the rest by what it means for
 * reading. Bytes are read several times as fast as the characters of a string. One instance is
 * reused, and keeps its memory: no text is read while another one is.
 */
export class Codes {
  bytes: Uint8Array = new Uint8Array(16_384);
  isAscii = true;

  /** Loads the first `length` characters. */
  load(text: string, length: number): void {
    if (length + MARGIN > this.bytes.length) {
      this.bytes = new Uint8Array(2 ** Math.ceil(Math.log2(length + MARGIN)));
    }
    this.isAscii = length > LOOP_CHARS_MAX ? this.#encode(text, length) : true;
    if (length <= LOOP_CHARS_MAX || !this.isAscii) this.#copy(text, length);
    this.bytes.fill(0, length, length + MARGIN);
  }

  /** Only ASCII has as many bytes as characters. */
  #encode(text: string, length: number): boolean {
    const cut = length < text.length ? text.slice(0, length) : text;
    const { read, written } = encoder.encodeInto(cut, this.bytes);
    return read === length && written === length;
  }

  #copy(text: string, length: number): void {
    const { bytes } = this;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < 128) bytes[i] = code;
      else {
        bytes[i] = wide(text, code, i);
        this.isAscii = false;
      }
    }
  }
}

function wide(text: string, code: number, i: number): number {
  if (isHiddenAt(text, i)) return HIDDEN_CODE;
  if (code === 0x9b) return CONTROL_CODE;
  return isWideSpace(code) ? WIDE_SPACE_CODE : WIDE_CODE;
}
