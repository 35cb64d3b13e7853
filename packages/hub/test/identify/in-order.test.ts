import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InOrder } from '../../src/identify/in-order.ts';

test('work is done in the order in which it came, whatever it waits for', async () => {
  const waits = fc.array(fc.option(fc.integer({ min: 0, max: 5 })), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(waits, async (all) => {
      const order = new InOrder();
      const done: number[] = [];
      const results = all.map((ms, at) =>
        order.run(ms === null ? undefined : delay(ms), () => {
          done.push(at);
          return at;
        }),
      );
      expect(await Promise.all(results)).toEqual(all.map((_, at) => at));
      expect(done).toEqual(all.map((_, at) => at));
    }),
    { numRuns: 30 },
  );
});

test('what waits for nothing is done at once, also after a failure', async () => {
  const order = new InOrder();
  const failing = order.run(Promise.resolve(), () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(order.run(undefined, () => 7)).toBe(7);
});
