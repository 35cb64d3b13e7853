const DIGIT = 1;
const UPPER = 2;
const LOWER = 3;
const CLASS = new Uint8Array(128);
CLASS.fill(DIGIT, 48, 58);
CLASS.fill(UPPER, 65, 91);
CLASS.fill(LOWER, 97, 123);

const NEWLINE = 10;
const BACKSLASH = 92;
/** What a backslash writes in JSON and code: a break or a mark, and no letter. */
const ESCAPED = new Set([...'nrtbf"\'/\\'].map((mark) => mark.charCodeAt(0)));

/**
 * Only the letters and digits of a text, in lower case: what stays the same when it is wrapped,
 * quoted, indented or written with marks between. One instance is reused, and keeps its memory.
 */
export class Squeezed {
  bytes: Uint8Array = new Uint8Array(4_096);
  length = 0;
  /** Where lines end, as places in `bytes`. */
  readonly lines: number[] = [];

  load(text: string, charsMax: number): void {
    const end = Math.min(text.length, charsMax);
    // Characters outside ASCII take two bytes.
    if (this.bytes.length < 2 * end)
      this.bytes = new Uint8Array(2 ** Math.ceil(Math.log2(2 * end)));
    this.length = 0;
    this.lines.length = 0;
    for (let i = 0; i < end; i++) {
      const code = text.charCodeAt(i);
      if (code >= 128) this.#wide(code);
      else if (CLASS[code] !== 0)
        this.bytes[this.length++] = CLASS[code] === UPPER ? code | 32 : code;
      else if (code === NEWLINE) this.lines.push(this.length);
      else if (code === BACKSLASH && ESCAPED.has(text.charCodeAt(i + 1))) i++;
    }
  }

  /** Letters of other scripts; marks and spaces of theirs are left out. */
  #wide(code: number): void {
    const isMark = code < 0xc0 || (code >= 0x2000 && code <= 0x303f) || code >= 0xfe00;
    if (isMark) return;
    const lower = String.fromCharCode(code).toLowerCase().charCodeAt(0);
    this.bytes[this.length++] = 128 | (lower & 127);
    this.bytes[this.length++] = 128 | ((lower >> 7) & 127);
  }
}

export function reversed(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.slice(0, length).reverse();
}

/** Turned by 13 letters; digits stay. */
export function rotated(bytes: Uint8Array, length: number): Uint8Array {
  const turned = bytes.slice(0, length);
  for (let i = 0; i < length; i++) {
    const code = turned[i] ?? 0;
    if (code >= 97 && code <= 122) turned[i] = code < 110 ? code + 13 : code - 13;
  }
  return turned;
}

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;
