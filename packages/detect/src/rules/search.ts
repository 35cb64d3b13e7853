/**
 * Many texts looked for at once, in one pass over another. Each is filed under the hash of its
 * rarest few characters; a place where nothing is filed costs one look into a table.
 */
export class Search {
  readonly #grams: readonly Grams[];
  /** Codes of all texts, one after another. */
  readonly #codes: Uint16Array;
  readonly #starts: Int32Array;
  readonly #seen: Uint32Array;
  #pass = 0;

  /** @param texts folded as `Folded` folds */
  constructor(texts: readonly string[]) {
    this.#seen = new Uint32Array(texts.length);
    this.#starts = new Int32Array(texts.length + 1);
    this.#codes = new Uint16Array(texts.reduce((sum, { length }) => sum + length, 0));
    const grams = new Map<number, Grams>();
    let at = 0;
    for (const [index, text] of texts.entries()) {
      this.#starts[index] = at;
      for (let i = 0; i < text.length; i++) this.#codes[at++] = text.charCodeAt(i);
      const size = Math.min(text.length, GRAM_CHARS_MAX);
      const known = grams.get(size) ?? new Grams(size);
      grams.set(size, known);
      known.add(text, index);
    }
    this.#starts[texts.length] = at;
    this.#grams = [...grams.values()];
  }

  /** Calls `found` once for each text that stands in the other, with its place in the list. */
  each(folded: Folded, found: (index: number) => void): void {
    this.#pass++;
    for (const grams of this.#grams) {
      grams.scan(folded, (index, at) => {
        if (this.#seen[index] === this.#pass || !this.#stands(folded, index, at)) return;
        this.#seen[index] = this.#pass;
        found(index);
      });
    }
  }

  #stands({ codes, length }: Folded, index: number, at: number): boolean {
    const from = this.#starts[index] ?? 0;
    const to = this.#starts[index + 1] ?? 0;
    if (at < 0 || at + to - from > length) return false;
    for (let i = from; i < to; i++) if (this.#codes[i] !== codes[at + i - from]) return false;
    return true;
  }
}

const GRAM_CHARS_MAX = 4;
const BITS = 15;
const MASK = 2 ** BITS - 1;

const mix = (hash: number, code: number): number => (hash * 37 + code) | 0;
const slot = (hash: number): number => (Math.imul(hash, 0x9e3779b1) >>> (32 - BITS)) & MASK;

/** Texts by a few characters in them. */
class Grams {
  readonly #size: number;
  /** First row of each slot, from 1; 0 where nothing is filed. */
  readonly #first = new Int32Array(MASK + 1);
  readonly #filed: { readonly index: number; readonly offset: number; readonly next: number }[] =
    [];
  readonly #crowd = new Uint16Array(MASK + 1);

  constructor(size: number) {
    this.#size = size;
  }

  add(text: string, index: number): void {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at + this.#size <= text.length; at++) {
      const crowd =
        (this.#crowd[this.#slotOf(text, at)] ?? 0) * 4 + commonness(text, at, this.#size);
      if (crowd < least) [least, best] = [crowd, at];
    }
    const place = this.#slotOf(text, best);
    this.#crowd[place] = (this.#crowd[place] ?? 0) + 1;
    this.#filed.push({ index, offset: best, next: this.#first[place] ?? 0 });
    this.#first[place] = this.#filed.length;
  }

  scan({ codes, length }: Folded, found: (index: number, at: number) => void): void {
    const size = this.#size;
    const last = length - size;
    const first = this.#first;
    for (let at = 0; at <= last; at++) {
      let hash = 0;
      for (let i = 0; i < size; i++) hash = mix(hash, codes[at + i] ?? 0);
      let row = first[slot(hash)] ?? 0;
      while (row !== 0) {
        const filed = this.#filed[row - 1];
        if (!filed) break;
        found(filed.index, at - filed.offset);
        row = filed.next;
      }
    }
  }

  #slotOf(text: string, at: number): number {
    let hash = 0;
    for (let i = 0; i < this.#size; i++) hash = mix(hash, text.charCodeAt(at + i));
    return slot(hash);
  }
}

/** How much of ordinary text is made of these characters. */
const OFTEN = ' etaoinsrhldcum';

function commonness(text: string, at: number, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const rank = OFTEN.indexOf(text[at + i] ?? '');
    if (rank >= 0) sum += OFTEN.length - rank;
  }
  return sum;
}

const FOLDS = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const isSpace = code === 32 || (code >= 9 && code <= 13);
  FOLDS[code] = isSpace ? 32 : code >= 65 && code <= 90 ? code + 32 : code;
}

/**
 * A text as it is searched: in lower case as far as ASCII goes, each run of white space one space.
 * One is reused, and keeps its memory.
 */
export class Folded {
  codes: Uint16Array = new Uint16Array(4_096);
  length = 0;
  /** Does it hold a character outside ASCII? */
  isWide = false;

  load(text: string): void {
    if (text.length > this.codes.length) this.codes = new Uint16Array(2 * text.length);
    const { codes } = this;
    let length = 0;
    let previous = 0;
    let wide = false;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const folded = code < 128 ? (FOLDS[code] ?? 0) : wideFold(code);
      if (code > 127) wide = true;
      if (folded === 32 && previous === 32) continue;
      codes[length++] = folded;
      previous = folded;
    }
    this.length = length;
    this.isWide = wide;
  }
}

/** The long s, the sign for kelvin and the dotted I are ASCII where case does not count. */
function wideFold(code: number): number {
  if (code === 0x17f) return 115;
  if (code === 0x212a) return 107;
  return code === 0x130 ? 105 : code;
}
