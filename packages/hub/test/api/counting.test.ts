import { expect, test } from 'vitest';
import { Counting } from '../../src/api/counting.ts';

test('what is slow to count is told again, for as long as that is a twentieth of the time', () => {
  let nowMs = 0;
  let calls = 0;
  let costMs = 5;
  const counts = () => {
    nowMs += costMs;
    calls += 1;
    return { calls, byRule: {}, byTool: {} };
  };
  const counting = new Counting({ counts }, () => nowMs);
  expect([counting.since(0).calls, counting.since(0).calls]).toEqual([1, 2]);
  costMs = 100;
  expect([counting.since(0).calls, counting.since(0).calls]).toEqual([3, 3]);
  nowMs += 1_999;
  expect(counting.since(0).calls).toBe(3);
  nowMs += 1;
  expect(counting.since(0).calls).toBe(4);
});
