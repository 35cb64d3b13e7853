import { expect, test } from 'vitest';
import { Files } from './files.ts';

test('the newest hundred files stay', () => {
  const files = new Files();
  const ids = Array.from({ length: 103 }, (_, n) => files.add({ name: `${n}`, content: '' }));
  expect(files.list().map(({ id }) => id)).toEqual(ids.slice(3));
});
