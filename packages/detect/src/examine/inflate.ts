/**
 * RFC 1951, with an end: what would grow beyond `outMax` is cut there. Small and plain rather than
 * fast: it runs on what was found inside a text, in browsers too.
 */
export function inflate(bytes: Uint8Array, outMax: number): Uint8Array | undefined {
  const bits = new Bits(bytes);
  const out = new Out(outMax);
  try {
    for (let last = 0; last === 0 && !out.isFull; ) {
      last = bits.take(1);
      const kind = bits.take(2);
      if (kind === 3) return undefined;
      if (kind === 0) stored(bits, out);
      else block(bits, out, ...(kind === 1 ? FIXED : dynamic(bits)));
    }
  } catch (fault) {
    if (fault instanceof Damaged) return undefined;
    throw fault;
  }
  return out.bytes;
}

/** RFC 1952 and RFC 1950: the same behind a header; checksums are not looked at. */
export function unzip(bytes: Uint8Array, outMax: number): Uint8Array | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) {
    const from = afterHeader(bytes);
    return from < bytes.length ? inflate(bytes.subarray(from), outMax) : undefined;
  }
  const isZlib = bytes[0] === 0x78 && ((bytes[0] << 8) | (bytes[1] ?? 0)) % 31 === 0;
  return isZlib ? inflate(bytes.subarray(2), outMax) : undefined;
}

const HEADER_BYTES = 10;

function afterHeader(bytes: Uint8Array): number {
  const flags = bytes[3] ?? 0;
  let at = HEADER_BYTES;
  if (flags & 4) at += 2 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    while (at < bytes.length && bytes[at] !== 0) at++;
    at++;
  }
  return flags & 2 ? at + 2 : at;
}

class Damaged extends Error {}

class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;
  #held = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(count: number): number {
    while (this.#count < count) {
      if (this.#at >= this.#bytes.length) throw new Damaged();
      this.#held |= (this.#bytes[this.#at++] ?? 0) << this.#count;
      this.#count += 8;
    }
    const value = this.#held & (2 ** count - 1);
    this.#held >>>= count;
    this.#count -= count;
    return value;
  }

  /** From the next whole byte. */
  align(): void {
    this.#held = this.#count = 0;
  }
}

class Out {
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(max: number) {
    this.#bytes = new Uint8Array(max);
  }

  get isFull(): boolean {
    return this.#length >= this.#bytes.length;
  }

  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  put(byte: number): void {
    if (!this.isFull) this.#bytes[this.#length++] = byte;
  }

  /** What stands so far back, once more. */
  copy(back: number, count: number): void {
    if (back > this.#length) throw new Damaged();
    for (let i = 0; i < count; i++) this.put(this.#bytes[this.#length - back] ?? 0);
  }
}

/** How many codes of each length, and the symbols in the order of their codes. */
type Codes = readonly [counts: Uint16Array, symbols: Uint16Array];

function codesOf(lengths: readonly number[]): Codes {
  const counts = new Uint16Array(16);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] ?? 0) + 1;
  const order = lengths.map((length, symbol) => ({ length, symbol }));
  const used = order.filter(({ length }) => length > 0).sort((a, b) => a.length - b.length);
  return [counts, Uint16Array.from(used, ({ symbol }) => symbol)];
}

function symbol(bits: Bits, [counts, symbols]: Codes): number {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length < 16; length++) {
    code |= bits.take(1);
    const count = counts[length] ?? 0;
    if (code - first < count) return symbols[index + code - first] ?? 0;
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  throw new Damaged();
}

const repeat = (count: number, value: number): number[] => new Array<number>(count).fill(value);
const FIXED: readonly [Codes, Codes] = [
  codesOf([...repeat(144, 8), ...repeat(112, 9), ...repeat(24, 7), ...repeat(8, 8)]),
  codesOf(repeat(30, 5)),
];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function dynamic(bits: Bits): readonly [Codes, Codes] {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const own = new Array<number>(19).fill(0);
  const count = bits.take(4) + 4;
  for (const place of ORDER.slice(0, count)) own[place] = bits.take(3);
  const codes = codesOf(own);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const one = symbol(bits, codes);
    if (one < 16) lengths.push(one);
    else if (one === 16) lengths.push(...repeat(3 + bits.take(2), lengths.at(-1) ?? 0));
    else lengths.push(...repeat(one === 17 ? 3 + bits.take(3) : 11 + bits.take(7), 0));
  }
  return [codesOf(lengths.slice(0, literals)), codesOf(lengths.slice(literals))];
}

function stored(bits: Bits, out: Out): void {
  bits.align();
  const length = bits.take(16);
  bits.take(16);
  for (let i = 0; i < length; i++) out.put(bits.take(8));
}

/** Of RFC 1951, section 3.2.5. */
const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83];
LENGTHS.push(99, 115, 131, 163, 195, 227, 258);
const extraOfLength = (index: number): number =>
  index < 8 || index === 28 ? 0 : Math.floor((index - 4) / 4);
const extraOfDistance = (index: number): number => (index < 4 ? 0 : Math.floor((index - 2) / 2));

function distanceOf(index: number): number {
  if (index < 4) return index + 1;
  return 1 + (2 + (index % 2)) * 2 ** extraOfDistance(index);
}

function block(bits: Bits, out: Out, literals: Codes, distances: Codes): void {
  while (!out.isFull) {
    const one = symbol(bits, literals);
    if (one === 256) return;
    if (one < 256) out.put(one);
    else {
      const index = one - 257;
      if (index >= LENGTHS.length) throw new Damaged();
      const length = (LENGTHS[index] ?? 0) + bits.take(extraOfLength(index));
      const far = symbol(bits, distances);
      out.copy(distanceOf(far) + bits.take(extraOfDistance(far)), length);
    }
  }
}
