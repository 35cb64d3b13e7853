/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) with a 64-bit result: a keyed hash that is
 * synchronous, fast on short strings and the same in Node and browsers. Fingerprints of content are
 * made with it, so whoever lacks the key cannot test guesses.
 */

/** The four 32-bit words of a 128-bit key, little endian. */
export type SipKey = readonly [number, number, number, number];

export function sipKey(bytes: Uint8Array): SipKey {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as unknown as SipKey;
}

/**
 * 16 hexadecimal digits, in the byte order in which the reference implementation writes them.
 *
 * @param bytesMax where bytes are given, how many of them count
 */
export function sipHash(
  key: SipKey,
  input: string | Uint8Array,
  bytesMax: number = input.length,
): string {
  if (typeof input !== 'string') {
    const used = Math.min(bytesMax, input.length);
    return hashed(key, load(input, used), used);
  }
  const length = loadAscii(input);
  if (length >= 0) return hashed(key, scratch, length);
  const bytes = encoder.encode(input);
  return hashed(key, load(bytes, bytes.length), bytes.length);
}

/**
 * The first 32 bits of the same for bytes between `from` and `to`, at most some thousands: where
 * many windows of one text are hashed, a string for each would cost more than the hash.
 */
export function sipHash32(key: SipKey, bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const at = from + i;
    scratch[i >> 2] =
      byteAt(bytes, at) |
      (byteAt(bytes, at + 1) << 8) |
      (byteAt(bytes, at + 2) << 16) |
      (byteAt(bytes, at + 3) << 24);
  }
  let rest = 0;
  for (let i = whole; i < length; i++) rest |= byteAt(bytes, from + i) << (8 * (i & 3));
  finish(scratch, length, rest);
  hashWords(key, scratch, length);
  return low >>> 0;
}

const encoder = new TextEncoder();
// Reused because a fresh buffer per call costs more than hashing; larger input gets its own.
const scratch = new Int32Array(1024);
const TEXT_BYTES_MAX = 4 * (scratch.length - 4);

/** Packs ASCII text into the scratch words; -1 where it does not fit or is not ASCII. */
function loadAscii(text: string): number {
  const length = text.length;
  if (length > TEXT_BYTES_MAX) return -1;
  const whole = length & ~3;
  let seen = 0;
  for (let i = 0; i < whole; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    seen |= a | b | c | d;
    scratch[i >> 2] = a | (b << 8) | (c << 16) | (d << 24);
  }
  let rest = 0;
  for (let i = whole; i < length; i++) {
    seen |= text.charCodeAt(i);
    rest |= text.charCodeAt(i) << (8 * (i & 3));
  }
  if (seen > 127) return -1;
  finish(scratch, length, rest);
  return length;
}

function load(bytes: Uint8Array, length: number): Int32Array {
  const words = length > TEXT_BYTES_MAX ? new Int32Array((length >> 2) + 4) : scratch;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    words[i >> 2] =
      byteAt(bytes, i) |
      (byteAt(bytes, i + 1) << 8) |
      (byteAt(bytes, i + 2) << 16) |
      (byteAt(bytes, i + 3) << 24);
  }
  let rest = 0;
  for (let i = whole; i < length; i++) rest |= byteAt(bytes, i) << (8 * (i & 3));
  finish(words, length, rest);
  return words;
}

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;

/**
 * The last 64-bit block ends with the length, modulo 256; a block of zeros follows for the final
 * rounds.
 */
function finish(words: Int32Array, length: number, rest: number): void {
  const at = length >> 2;
  words[at] = rest;
  if ((at & 1) === 0) words[at + 1] = 0;
  words[at | 1] = wordAt(words, at | 1) | (length << 24);
  words[(at | 1) + 1] = 0;
  words[(at | 1) + 2] = 0;
}

const wordAt = (words: Int32Array, at: number): number => words[at] ?? 0;

/** Did the addition that gave `sum` overflow 32 bits? */
const carry = (sum: number, summand: number): number => (sum >>> 0 < summand >>> 0 ? 1 : 0);

/** The halves of the newest result. */
let low = 0;
let high = 0;

function hashed(key: SipKey, words: Int32Array, length: number): string {
  hashWords(key, words, length);
  return hex(low, high);
}

/**
 * The rounds, on 64-bit registers as pairs of 32-bit halves. One flat loop over local variables,
 * because everything else that JavaScript offers for this is several times slower.
 */
function hashWords(key: SipKey, words: Int32Array, length: number): void {
  let v0l = key[0] ^ 0x70736575;
  let v0h = key[1] ^ 0x736f6d65;
  let v1l = key[2] ^ 0x6e646f6d;
  let v1h = key[3] ^ 0x646f7261;
  let v2l = key[0] ^ 0x6e657261;
  let v2h = key[1] ^ 0x6c796765;
  let v3l = key[2] ^ 0x79746573;
  let v3h = key[3] ^ 0x74656462;
  const blocks = (length >> 3) + 1;
  for (let block = 0; block <= blocks; block++) {
    const last = block === blocks;
    const blockLow = wordAt(words, 2 * block);
    const blockHigh = wordAt(words, 2 * block + 1);
    v3l ^= blockLow;
    v3h ^= blockHigh;
    if (last) v2l ^= 0xff;
    const rounds = last ? 4 : 2;
    for (let round = 0; round < rounds; round++) {
      let sum = (v0l + v1l) | 0;
      v0h = (v0h + v1h + carry(sum, v0l)) | 0;
      v0l = sum;
      let turn = v1h;
      v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h;
      v1l = ((v1l << 13) | (turn >>> 19)) ^ v0l;
      sum = (v2l + v3l) | 0;
      v2h = (v2h + v3h + carry(sum, v2l)) | 0;
      v2l = sum;
      turn = v3h;
      v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h;
      v3l = ((v3l << 16) | (turn >>> 16)) ^ v2l;
      sum = (v2l + v1l) | 0;
      // Halves of the first sum trade places: a rotation by 32 bits.
      const carried = carry(sum, v2l);
      turn = v0h;
      v0h = v0l;
      v0l = turn;
      v2h = (v2h + v1h + carried) | 0;
      v2l = sum;
      sum = (v0l + v3l) | 0;
      v0h = (v0h + v3h + carry(sum, v0l)) | 0;
      v0l = sum;
      turn = v3h;
      v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h;
      v3l = ((v3l << 21) | (turn >>> 11)) ^ v0l;
      turn = v1h;
      v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h;
      v1l = ((v1l << 17) | (turn >>> 15)) ^ v2l;
      turn = v2h;
      v2h = v2l;
      v2l = turn;
    }
    v0l ^= blockLow;
    v0h ^= blockHigh;
  }
  low = v0l ^ v1l ^ v2l ^ v3l;
  high = v0h ^ v1h ^ v2h ^ v3h;
}

const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

const digitAt = (word: number, shift: number): number => DIGITS[(word >>> shift) & 15] ?? 0;

/** Made in one go: a string that is joined from parts costs more to make, and again to look up. */
function hex(first: number, second: number): string {
  return String.fromCharCode(
    digitAt(first, 4),
    digitAt(first, 0),
    digitAt(first, 12),
    digitAt(first, 8),
    digitAt(first, 20),
    digitAt(first, 16),
    digitAt(first, 28),
    digitAt(first, 24),
    digitAt(second, 4),
    digitAt(second, 0),
    digitAt(second, 12),
    digitAt(second, 8),
    digitAt(second, 20),
    digitAt(second, 16),
    digitAt(second, 28),
    digitAt(second, 24),
  );
}
