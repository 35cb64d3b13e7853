/** Text out of bytes, quickly where it is short or was there before. */

const SLOTS = 4_096;
const INTERNED_BYTES_MAX = 64;
const UTF8_REST = 0b10;

interface Interned {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * Names of attributes and spans, which repeat from span to span: kept, so that each is decoded
 * once. Values are content and are not kept.
 */
export class Names {
  readonly #slots: (Interned | undefined)[] = new Array<Interned | undefined>(SLOTS);

  read(bytes: Buffer, from: number, end: number): string {
    const length = end - from;
    if (length > INTERNED_BYTES_MAX) return bytes.toString('utf8', from, end);
    let hash = length;
    for (let i = from; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
    const slot = hash & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && isAt(known.bytes, bytes, from, end)) return known.text;
    const text = bytes.toString('utf8', from, end);
    this.#slots[slot] = { bytes: Uint8Array.prototype.slice.call(bytes, from, end), text };
    return text;
  }
}

function isAt(known: Uint8Array, bytes: Buffer, from: number, end: number): boolean {
  if (known.length !== end - from) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[from + i]) return false;
  return true;
}

/** The longest end up to `max` bytes after `from` that leaves no character in pieces. */
export function wholeCharacters(bytes: Uint8Array, from: number, max: number): number {
  let end = from + max;
  while (end > from && (bytes[end] ?? 0) >> 6 === UTF8_REST) end -= 1;
  return end;
}
