import { expect, it } from 'vitest';
import { nextTrouble } from '../../src/model/trouble.ts';
import { alert, observation } from '../fixtures.ts';

const rows = [
  observation('a', { outcome: 'tool_error' }),
  observation('b'),
  observation('c', { outcome: 'denied' }),
  observation('d'),
];

it('goes from one denial or error to the next and wraps round', () => {
  expect(nextTrouble(rows, [], '')).toBe('a');
  expect(nextTrouble(rows, [], 'a')).toBe('c');
  expect(nextTrouble(rows, [], 'd')).toBe('a');
});

it('stops at the end of an alert, though the call itself passed', () => {
  expect(nextTrouble(rows, [alert('x', ['a', 'b'])], 'a')).toBe('b');
});

it('finds nothing where all went well', () => {
  expect(nextTrouble([observation('b')], [], '')).toBeUndefined();
});
