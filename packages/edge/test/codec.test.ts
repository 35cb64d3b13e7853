import { CodedError, LIMITS } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/times.ts';
import { encodeWire, WireDecoder, type WireMessage } from '../src/codec.ts';

const EMPTY = new Uint8Array(0);
const code = (act: () => unknown): string => {
  try {
    act();
    return 'none';
  } catch (error) {
    return error instanceof CodedError ? error.code : `not coded: ${String(error)}`;
  }
};

/** A head that says `total` and `text` bytes, then `body`. */
function raw(total: number, text: number, body: string = ''): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(total, 0);
  head.writeUInt32BE(text, 4);
  return Buffer.concat([head, Buffer.from(body)]);
}

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  return [0, ...ends].map((from, i) => bytes.subarray(from, ends[i] ?? bytes.length));
}

const MESSAGE = fc.record({ json: fc.jsonValue(), bytes: fc.uint8Array({ maxLength: 40 }) });
const plain = ({ json, bytes }: WireMessage): unknown => ({ json, bytes: [...bytes] });

describe('the wire codec', () => {
  it('gives messages back under any chunking', () => {
    const places = fc.array(fc.nat(), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(MESSAGE, { maxLength: 6 }), places, (messages, where) => {
        const stream = Buffer.concat(messages.map(({ json, bytes }) => encodeWire(json, [bytes])));
        const decoder = new WireDecoder();
        const out = cut(stream, where).flatMap((chunk) => decoder.push(chunk));
        const expected = messages.map(({ json, bytes }) => ({
          json: JSON.parse(JSON.stringify(json)) as unknown,
          bytes: [...bytes],
        }));
        expect(out.map(plain)).toEqual(expected);
      }),
    );
  });

  it('gives messages back byte by byte', () => {
    const decoder = new WireDecoder();
    const stream = Buffer.concat([encodeWire({ a: 'ä' }, [Buffer.from('xyz')]), encodeWire(1)]);
    const out = [...stream].flatMap((byte) => decoder.push(Buffer.of(byte)));
    expect(out.map(plain)).toEqual([
      { json: { a: 'ä' }, bytes: [...Buffer.from('xyz')] },
      { json: 1, bytes: [] },
    ]);
  });

  it('joins the pieces that are sent along', () => {
    const [message] = new WireDecoder().push(
      encodeWire({}, [Buffer.from('ab'), EMPTY, Buffer.from('c')]),
    );
    expect(Buffer.from(message?.bytes ?? EMPTY).toString()).toBe('abc');
  });

  it('waits for the rest of a truncated message and says nothing of it', () => {
    const whole = encodeWire({ op: 'lost' });
    for (let length = 0; length < whole.length; length++) {
      const decoder = new WireDecoder();
      expect(decoder.push(whole.subarray(0, length))).toEqual([]);
      expect(decoder.push(whole.subarray(length))).toHaveLength(1);
    }
  });
});

describe('the wire codec, on hostile streams', () => {
  it('refuses a length over the limit before a byte of the message came', () => {
    for (const length of [LIMITS.wireMessageBytesMax + 1, 0xffff_ffff]) {
      expect(code(() => new WireDecoder().push(raw(length, 2)))).toBe('WIRE_TOO_LARGE');
    }
  });

  it('refuses lengths that leave no room for JSON', () => {
    for (const length of [0, 1, 3, 4]) {
      expect(
        code(() => new WireDecoder().push(raw(length, 0))),
        `${length}`,
      ).toBe('WIRE_INVALID');
    }
    expect(code(() => new WireDecoder().push(raw(6, 0, '{}')))).toBe('WIRE_INVALID');
  });

  it('refuses JSON longer than its message, and what is no JSON', () => {
    expect(code(() => new WireDecoder().push(raw(6, 3, '{}')))).toBe('WIRE_INVALID');
    expect(code(() => new WireDecoder().push(raw(6, 0xffff_ffff, '{}')))).toBe('WIRE_INVALID');
    expect(code(() => new WireDecoder().push(raw(6, 2, '{]')))).toBe('WIRE_INVALID');
  });

  it('answers arbitrary bytes with messages or a coded error', () => {
    const heads = fc.tuple(fc.nat(20), fc.nat(20), fc.string());
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }).map((all) => Buffer.from(all)),
      heads.map(([total, text, body]) => raw(total, text, body)),
    );
    fc.assert(
      fc.property(fc.array(bytes), (chunks) => {
        const decoder = new WireDecoder();
        const found = code(() => chunks.flatMap((chunk) => decoder.push(chunk)));
        expect(['none', 'WIRE_INVALID', 'WIRE_TOO_LARGE']).toContain(found);
      }),
    );
  });

  it('takes a large message in small chunks, and many in one, in linear time', () => {
    const before = cpuMs();
    const large = encodeWire('x'.repeat(8_000_000));
    const decoder = new WireDecoder();
    let found = 0;
    for (let at = 0; at < large.length; at += 256) {
      found += decoder.push(large.subarray(at, at + 256)).length;
    }
    const many = Buffer.concat(Array.from({ length: 50_000 }, () => encodeWire(0)));
    found += decoder.push(many).length;
    expect(found).toBe(50_001);
    expect(cpuMs() - before).toBeLessThan(5_000);
  });
});
