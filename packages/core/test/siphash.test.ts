import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sipHash, sipKey } from '../src/siphash.ts';

const count = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);
const KEY = sipKey(count(16));

const MASK = (1n << 64n) - 1n;
const rotate = (word: bigint, by: bigint): bigint => ((word << by) | (word >> (64n - by))) & MASK;

function littleEndian(bytes: Uint8Array, at: number, length: number): bigint {
  let word = 0n;
  for (let i = length - 1; i >= 0; i--) word = (word << 8n) | BigInt(bytes[at + i] ?? 0);
  return word;
}

type State = [bigint, bigint, bigint, bigint];

function round([a, b, c, d]: State): State {
  let v0 = (a + b) & MASK;
  let v1 = rotate(b, 13n) ^ v0;
  v0 = rotate(v0, 32n);
  let v2 = (c + d) & MASK;
  let v3 = rotate(d, 16n) ^ v2;
  v0 = (v0 + v3) & MASK;
  v3 = rotate(v3, 21n) ^ v0;
  v2 = (v2 + v1) & MASK;
  v1 = rotate(v1, 17n) ^ v2;
  v2 = rotate(v2, 32n);
  return [v0, v1, v2, v3];
}

/** SipHash-2-4 as the paper's figure draws it: slow, and nothing like the code under test. */
function oracle(key: Uint8Array, message: Uint8Array): string {
  const k0 = littleEndian(key, 0, 8);
  const k1 = littleEndian(key, 8, 8);
  let v: State = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  const whole = message.length - (message.length % 8);
  for (let at = 0; at <= whole; at += 8) {
    const rest = littleEndian(message, at, Math.min(8, message.length - at));
    const word = at < whole ? rest : rest | (BigInt(message.length % 256) << 56n);
    v = round(round([v[0], v[1], v[2], v[3] ^ word]));
    v[0] ^= word;
  }
  v[2] ^= 0xffn;
  const [v0, v1, v2, v3] = round(round(round(round(v))));
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, v0 ^ v1 ^ v2 ^ v3, true);
  return bytes.reduce((text, byte) => text + byte.toString(16).padStart(2, '0'), '');
}

describe('sipHash', () => {
  // Key 00..0f, message 00..(length - 1), as in the reference implementation's list.
  it.each([
    [0, '310e0edd47db6f72'],
    [1, 'fd67dc93c539f874'],
    [7, '37d1018bf50002ab'],
    [8, '6224939a79f5f593'],
    [15, 'e545be4961ca29a1'],
    [63, '724506eb4c328a95'],
  ])('gives the reference value for %i bytes', (length, expected) => {
    expect(sipHash(KEY, count(length))).toBe(expected);
  });

  it('agrees with a literal implementation on any key and message', () => {
    const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(key, fc.uint8Array({ maxLength: 600 }), (keyBytes, message) => {
        expect(sipHash(sipKey(keyBytes), message)).toBe(oracle(keyBytes, message));
      }),
    );
  });

  it('hashes text as its UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const wellFormed = text.toWellFormed();
        expect(sipHash(KEY, wellFormed)).toBe(sipHash(KEY, new TextEncoder().encode(wellFormed)));
      }),
    );
  });

  it('does not mind what was hashed before, nor the limits of its scratch space', () => {
    for (const length of [4078, 4079, 4080, 4081, 4082, 4096, 5000]) {
      sipHash(KEY, new Uint8Array(4000).fill(0xff));
      const bytes = new Uint8Array(length).fill(0x61);
      const expected = oracle(count(16), bytes);
      expect(sipHash(KEY, bytes), `${length}`).toBe(expected);
      expect(sipHash(KEY, 'a'.repeat(length)), `${length}`).toBe(expected);
      expect(sipHash(KEY, count(8))).toBe('6224939a79f5f593');
    }
  });

  it('reads its key where it lies in a larger buffer', () => {
    const buffer = new Uint8Array(32);
    buffer.set(count(16), 7);
    expect(sipKey(buffer.subarray(7, 23))).toEqual(KEY);
  });
});
