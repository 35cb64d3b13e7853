import { expect, it } from 'vitest';
import { logLines } from '../../src/model/logLines.ts';
import { observation } from '../fixtures.ts';

const words = (...rows: Parameters<typeof logLines>[0]): string[] =>
  logLines(rows).map(({ sent, name }) => `${sent ? '→' : '←'} ${name}`);

it('shows a question and its answer, and no answer that has not come', () => {
  expect(words(observation('a'), observation('b', { outcome: 'pending' }))).toEqual([
    '→ query',
    '← OK',
    '→ query',
  ]);
});

it('gives the reason of a failure, where it says more than the outcome', () => {
  expect(words(observation('a', { outcome: 'denied', errorType: 'denied' }))[1]).toBe('← Denied');
  expect(words(observation('a', { outcome: 'protocol_error', errorType: '-32602' }))[1]).toBe(
    '← Protocol error -32602',
  );
});
