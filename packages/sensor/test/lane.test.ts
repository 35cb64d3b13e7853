import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Lane, type Slot } from '../src/lane.ts';

const text = (bytes: readonly Uint8Array[]): string => Buffer.concat(bytes).toString();

test('pieces leave in the order in which they came, however late some are released', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.boolean())),
      fc.infiniteStream(fc.nat()),
      (pieces, picks) => {
        const written: Uint8Array[] = [];
        const lane = new Lane((bytes) => written.push(bytes));
        const slots: Slot[] = [];
        for (const [piece, held] of pieces) {
          if (held) slots.push(lane.hold(Buffer.from(piece)));
          else lane.pass(Buffer.from(piece));
        }
        while (slots.length > 0) {
          const [slot] = slots.splice((picks.next().value as number) % slots.length, 1);
          slot?.release();
        }
        expect(text(written)).toBe(pieces.map(([piece]) => piece).join(''));
        expect(lane.waitingBytes).toBe(0);
      },
    ),
  );
});

test('a dropped piece is taken out, a replaced one goes on as something else', async () => {
  const written: Uint8Array[] = [];
  const lane = new Lane((bytes) => written.push(bytes));
  const first = lane.hold(Buffer.from('a'));
  const second = lane.hold(Buffer.from('b'));
  lane.pass(Buffer.from('c'));
  expect(lane.waitingBytes).toBe(3);
  second.release(Buffer.from('BB'));
  expect(text(written)).toBe('');
  const idle = lane.idle();
  first.drop();
  await idle;
  expect(text(written)).toBe('BBc');
});

test('nothing waits in an empty lane', async () => {
  const written: Uint8Array[] = [];
  const lane = new Lane((bytes) => written.push(bytes));
  lane.pass(Buffer.from('x'));
  await lane.idle();
  expect(text(written)).toBe('x');
});
