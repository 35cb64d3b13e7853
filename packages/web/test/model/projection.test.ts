import { expect, it } from 'vitest';
import { plainProjection, prettyProjection } from '../../src/model/projection.ts';

it('indents what is JSON and leaves what was cut', () => {
  expect(prettyProjection('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(prettyProjection('{"a":"…')).toBe('{"a":"…');
});

it('shows a mere string without its quotes', () => {
  expect(plainProjection('"Read the notes"')).toBe('Read the notes');
  expect(plainProjection('Read the notes')).toBe('Read the notes');
  expect(plainProjection('{"a":1}')).toBe('{"a":1}');
});
