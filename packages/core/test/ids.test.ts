import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isCaseId,
  isUuidv7,
  newCallId,
  newCaseId,
  newSpanId,
  newTraceId,
  uuidv7,
} from '../src/ids.ts';
import { type Random, systemRandom } from '../src/ports.ts';

const fixed = (byte: number): Random => ({ bytes: (length) => new Uint8Array(length).fill(byte) });
const TIME = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('uuidv7', () => {
  it('has the layout of RFC 9562, with the time of its example', () => {
    const id = uuidv7(0x017f22e279b0, fixed(0xff));
    expect(id).toBe('017f22e2-79b0-7fff-bfff-ffffffffffff');
    expect(uuidv7(0x017f22e279b0, fixed(0))).toBe('017f22e2-79b0-7000-8000-000000000000');
  });

  it('keeps its time, and is what isUuidv7 accepts', () => {
    fc.assert(
      fc.property(TIME, fc.uint8Array({ minLength: 16, maxLength: 16 }), (nowMs, bytes) => {
        const id = uuidv7(nowMs, { bytes: () => Uint8Array.from(bytes) });
        expect(isUuidv7(id)).toBe(true);
        expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(nowMs);
      }),
    );
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(TIME, TIME, (one, two) => {
        fc.pre(one < two);
        expect(uuidv7(one, systemRandom) < uuidv7(two, systemRandom)).toBe(true);
      }),
    );
  });

  it('is unlike its neighbours of the same millisecond', () => {
    const ids = Array.from({ length: 1_000 }, () => newCallId(1, systemRandom));
    expect(new Set(ids).size).toBe(1_000);
  });

  it('is told from other identifiers', () => {
    for (const text of [
      '',
      '017F22E2-79B0-7CC3-98C4-DC0C0C07398F',
      '017f22e2-79b0-4cc3-98c4-dc0c0c07398f',
      '017f22e2-79b0-7cc3-18c4-dc0c0c07398f',
      '017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n',
    ]) {
      expect(isUuidv7(text), text).toBe(false);
    }
  });
});

describe('other ids', () => {
  it('have the form of W3C Trace Context and are never all zeros', () => {
    const once = (): Random => {
      let calls = 0;
      return { bytes: (length) => new Uint8Array(length).fill(calls++ === 0 ? 0 : 0xab) };
    };
    expect(newTraceId(once())).toBe('ab'.repeat(16));
    expect(newSpanId(once())).toBe('ab'.repeat(8));
  });

  it('case ids have ten characters without vowels and look-alikes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (bytes) => {
        const id = newCaseId({ bytes: () => bytes });
        expect(id).toMatch(/^c-[b-df-hj-kmnp-tv-xz2-9]{10}$/);
        expect(isCaseId(id)).toBe(true);
      }),
    );
  });

  it('case ids are told from other text', () => {
    for (const text of [
      '',
      'c-',
      'c-BCDFGHJKMN',
      'x-bcdfghjkmn',
      'c-bcdfghjkmnp',
      'c-bcdfghjkmn\n',
    ]) {
      expect(isCaseId(text), text).toBe(false);
    }
  });
});
