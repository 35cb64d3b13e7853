import { expect, it } from 'vitest';
import {
  agoText,
  bytesText,
  countText,
  dateTimeText,
  durationText,
  listText,
} from '../../src/model/words.ts';

it('gives sizes three significant digits', () => {
  expect([214, 8_213, 48_213, 999_999, 1_310_000].map(bytesText)).toEqual([
    '214 B',
    '8.21 KB',
    '48.2 KB',
    '1000 KB',
    '1.31 MB',
  ]);
});

it('gives durations the unit that people use', () => {
  expect([0.4213, 38, 1_860, 200_000, 7_260_000].map(durationText)).toEqual([
    '0.421 ms',
    '38 ms',
    '1.86 s',
    '3 min 20 s',
    '2 h 1 min',
  ]);
});

it('tells ages, and never a negative one', () => {
  expect(agoText(5_000, 1_000)).toBe('now');
  expect(agoText(0, 12_000)).toBe('12 s ago');
  expect(agoText(0, 3_600_000)).toBe('1 h ago');
  expect(agoText(0, 200_000_000)).toBe('2 d ago');
});

it('names the offset beside a local time', () => {
  expect(dateTimeText(Date.UTC(2026, 10, 20, 12))).toMatch(
    /^2026-11-\d\d \d\d:00:00\.000 UTC[+−]\d\d:\d\d$/,
  );
});

it('counts and lists in plain English', () => {
  expect(countText(1, 'entry', 'entries')).toBe('1 entry');
  expect(countText(1_204_331, 'entry', 'entries')).toBe('1,204,331 entries');
  expect(listText([])).toBe('');
  expect(listText(['crm', 'sandbox', 'drive'])).toBe('crm, sandbox and drive');
});
