import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/times.ts';
import { verifies } from '../../../test/verifies.ts';
import { concatBytes } from '../src/bytes.ts';
import { type Frame, FrameSplitter } from '../src/frame.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (frame: Frame): string => new TextDecoder().decode(frame.bytes);

function split(chunks: readonly Uint8Array[], bytesMax?: number): Frame[] {
  const splitter = new FrameSplitter(bytesMax);
  const frames = chunks.flatMap((chunk) => splitter.push(chunk));
  const tail = splitter.end();
  return tail === undefined ? frames : [...frames, tail];
}

const shapes = (frames: readonly Frame[]): string[] =>
  frames.map((frame) => `${frame.kind}:${textOf(frame)}`);

/** Streams rich in newlines, cut anywhere. */
const CHUNKS = fc.array(
  fc
    .array(fc.constantFrom(0x0a, 0x0d, 0x61, 0x7b, 0xff), { maxLength: 12 })
    .map((bytes) => Uint8Array.from(bytes)),
  { maxLength: 20 },
);

describe('FrameSplitter, on any stream', () => {
  verifies(
    'relay:transparent',
    () => {
      fc.assert(
        fc.property(CHUNKS, fc.integer({ min: 1, max: 9 }), (chunks, bytesMax) => {
          const out = concatBytes(...split(chunks, bytesMax).map((frame) => frame.bytes));
          expect(out).toEqual(concatBytes(...chunks));
        }),
      );
    },
    { case: 'frames' },
  );

  it('finds the same lines however the stream is cut', () => {
    fc.assert(
      fc.property(CHUNKS, (chunks) => {
        const whole = split([concatBytes(...chunks)]);
        expect(shapes(split(chunks))).toEqual(shapes(whole));
        const bytewise = [...concatBytes(...chunks)].map((byte) => Uint8Array.of(byte));
        expect(shapes(split(bytewise))).toEqual(shapes(whole));
      }),
    );
  });

  it('calls a line whole exactly when it fits', () => {
    fc.assert(
      fc.property(CHUNKS, fc.integer({ min: 1, max: 9 }), (chunks, bytesMax) => {
        const lines = new TextDecoder('latin1')
          .decode(concatBytes(...chunks))
          .split(/(?<=\n)/)
          .filter((line) => line.endsWith('\n') && line.length <= bytesMax);
        const found = split(chunks, bytesMax)
          .filter((frame) => frame.kind === 'line')
          .map((frame) => new TextDecoder('latin1').decode(frame.bytes));
        expect(found).toEqual(lines);
      }),
    );
  });

  verifies(
    'relay:giant-line',
    () => {
      fc.assert(
        fc.property(CHUNKS, fc.integer({ min: 1, max: 9 }), (chunks, bytesMax) => {
          const splitter = new FrameSplitter(bytesMax);
          for (const chunk of chunks) {
            splitter.push(chunk);
            expect(splitter.heldBytes).toBeLessThanOrEqual(bytesMax);
          }
        }),
      );
    },
    { case: 'frames' },
  );
});

describe('FrameSplitter', () => {
  it('streams a line over the limit in parts, then reads lines again', () => {
    const frames = split(['{"a"', ':12345', '6}\n{}', '\n'].map(bytesOf), 8);
    expect(shapes(frames)).toEqual(['part:{"a"', 'part::12345', 'part:6}\n', 'line:{}\n']);
  });

  it('gives what stands after the last newline as a tail, once', () => {
    const splitter = new FrameSplitter();
    expect(splitter.push(bytesOf('{}\n{"half'))).toHaveLength(1);
    const tail = splitter.end();
    expect(tail?.kind).toBe('tail');
    expect(tail && textOf(tail)).toBe('{"half');
    expect(splitter.end()).toBeUndefined();
  });

  it('has no tail after a whole line, nothing at all, or the parts of a cut giant', () => {
    expect(split([])).toEqual([]);
    expect(shapes(split([bytesOf('{}\n')]))).toEqual(['line:{}\n']);
    expect(shapes(split([bytesOf('0123456789')], 4))).toEqual(['part:0123456789']);
  });

  it('keeps a line whose chunks the caller writes over', () => {
    const splitter = new FrameSplitter();
    const chunk = bytesOf('{"a":');
    splitter.push(chunk);
    chunk.fill(0);
    expect(splitter.push(bytesOf('1}\n')).map(textOf)).toEqual(['{"a":1}\n']);
  });

  it('takes a line byte by byte in linear time and memory', () => {
    const splitter = new FrameSplitter();
    const byte = Uint8Array.of(0x61);
    const before = cpuMs();
    for (let i = 0; i < 300_000; i++) splitter.push(byte);
    expect(splitter.end()?.bytes.length).toBe(300_000);
    expect(cpuMs() - before).toBeLessThan(5_000);
  });

  it('refuses a limit that no byte fits into', () => {
    expect(() => new FrameSplitter(0)).toThrow(/Impossible/);
  });
});
