import { type SipKey, sipHash } from '@spoor/core';

const BITS = 32;
const BITS_PER_HASH = 64;

/**
 * On which side of 32 hyperplanes through the origin a vector lies (Charikar, 2002): vectors of
 * like direction get equal or near clusters. The planes follow from the key, so whoever lacks it
 * learns nothing of the text. 8 hexadecimal digits.
 */
export class Hyperplanes {
  readonly #key: SipKey;
  readonly #bySize = new Map<number, Int8Array>();

  constructor(key: SipKey) {
    this.#key = key;
  }

  clusterOf(vector: readonly number[]): string {
    const size = vector.length;
    const signs = this.#signs(size);
    let cluster = 0;
    for (let plane = 0; plane < BITS; plane++) {
      let side = 0;
      for (let i = 0; i < size; i++) side += (vector[i] ?? 0) * (signs[plane * size + i] ?? 0);
      if (side > 0) cluster |= 1 << plane;
    }
    return (cluster >>> 0).toString(16).padStart(8, '0');
  }

  /** Made once for each size: an endpoint gives vectors of one. */
  #signs(size: number): Int8Array {
    const known = this.#bySize.get(size);
    if (known !== undefined) return known;
    const signs = new Int8Array(size * BITS);
    for (let at = 0; at < signs.length; at += BITS_PER_HASH) {
      const bits = BigInt(`0x${sipHash(this.#key, `plane ${size} ${at}`)}`);
      for (let bit = 0; bit < BITS_PER_HASH && at + bit < signs.length; bit++)
        signs[at + bit] = (bits >> BigInt(bit)) & 1n ? 1 : -1;
    }
    this.#bySize.clear();
    this.#bySize.set(size, signs);
    return signs;
  }
}
