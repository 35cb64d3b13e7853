/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) with a 64-bit result: a keyed hash that is synchronous, fast on
 * short strings and the same in Node and browsers. Fingerprints of content are made with it, so whoever lacks the
 * key cannot test guesses.
 */

/** The four 32-bit words of a 128-bit key, little endian. */
export type SipKey = readonly [number, number, number, number];

export function sipKey(bytes: Uint8Array): SipKey {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as unknown as SipKey;
}

// Registers of the state as pairs of 32-bit halves; module-level because allocating per call costs more than hashing.
let v0l = 0;
let v0h = 0;
let v1l = 0;
let v1h = 0;
let v2l = 0;
let v2h = 0;
let v3l = 0;
let v3h = 0;

function round(): void {
  let low = (v0l >>> 0) + (v1l >>> 0);
  v0h = (v0h + v1h + (low > 0xffffffff ? 1 : 0)) | 0;
  v0l = low | 0;
  let high = v1h;
  v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h;
  v1l = ((v1l << 13) | (high >>> 19)) ^ v0l;
  high = v0h;
  v0h = v0l;
  v0l = high;
  low = (v2l >>> 0) + (v3l >>> 0);
  v2h = (v2h + v3h + (low > 0xffffffff ? 1 : 0)) | 0;
  v2l = low | 0;
  high = v3h;
  v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h;
  v3l = ((v3l << 16) | (high >>> 16)) ^ v2l;
  low = (v0l >>> 0) + (v3l >>> 0);
  v0h = (v0h + v3h + (low > 0xffffffff ? 1 : 0)) | 0;
  v0l = low | 0;
  high = v3h;
  v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h;
  v3l = ((v3l << 21) | (high >>> 11)) ^ v0l;
  low = (v2l >>> 0) + (v1l >>> 0);
  v2h = (v2h + v1h + (low > 0xffffffff ? 1 : 0)) | 0;
  v2l = low | 0;
  high = v1h;
  v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h;
  v1l = ((v1l << 17) | (high >>> 15)) ^ v2l;
  high = v2h;
  v2h = v2l;
  v2l = high;
}

function absorb(low: number, high: number): void {
  v3l ^= low;
  v3h ^= high;
  round();
  round();
  v0l ^= low;
  v0h ^= high;
}

const scratch = new Uint8Array(4096);
const encoder = new TextEncoder();

function utf8(text: string): Uint8Array {
  if (text.length * 3 > scratch.length) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

/** 16 hexadecimal digits, in the byte order in which the reference implementation writes them. */
export function sipHash(key: SipKey, input: string | Uint8Array): string {
  const data = typeof input === 'string' ? utf8(input) : input;
  v0l = key[0] ^ 0x70736575;
  v0h = key[1] ^ 0x736f6d65;
  v1l = key[2] ^ 0x6e646f6d;
  v1h = key[3] ^ 0x646f7261;
  v2l = key[0] ^ 0x6e657261;
  v2h = key[1] ^ 0x6c796765;
  v3l = key[2] ^ 0x79746573;
  v3h = key[3] ^ 0x74656462;
  const length = data.length;
  const whole = length - (length % 8);
  for (let i = 0; i < whole; i += 8) absorb(word(data, i, 4), word(data, i + 4, 4));
  const rest = length - whole;
  const high = word(data, whole + 4, rest - 4) | ((length & 0xff) << 24);
  absorb(word(data, whole, Math.min(rest, 4)), high);
  v2l ^= 0xff;
  for (let i = 0; i < 4; i++) round();
  return hexLittleEndian(v0l ^ v1l ^ v2l ^ v3l) + hexLittleEndian(v0h ^ v1h ^ v2h ^ v3h);
}

function word(data: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value |= (data[at + i] ?? 0) << (8 * i);
  return value;
}

function hexLittleEndian(value: number): string {
  const swapped =
    ((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
  return (swapped >>> 0).toString(16).padStart(8, '0');
}
