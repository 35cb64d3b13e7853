import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive, takeLock } from '../src/lock.ts';
import { nextLine, startChild } from './support/child.ts';
import { temporaryFolder } from './support/folder.ts';

const newPath = (): string => join(temporaryFolder(), 'hub.lock');
const nobody = (): string => 'nobody';

test('is free again after its release', () => {
  const path = newPath();
  takeLock(path, nobody).release();
  takeLock(path, nobody).release();
});

test('of another process is respected, with word of who holds it', async () => {
  const path = newPath();
  expect(await nextLine(startChild('take-lock.ts', path))).toBe('held');
  expect(() => takeLock(path, () => 'process 7')).toThrow(
    expect.objectContaining({ code: 'HUB_RUNNING', detail: 'process 7' }),
  );
});

test('of a process that was killed is free at once', async () => {
  const path = newPath();
  const holder = startChild('take-lock.ts', path);
  expect(await nextLine(holder)).toBe('held');
  await holder.kill();
  takeLock(path, nobody).release();
});

test('a file that lies there, whatever its process number, keeps nobody away', () => {
  const path = newPath();
  writeFileSync(path, '');
  takeLock(path, nobody).release();
});

test('a file that is something else is not taken for a running hub', () => {
  const path = newPath();
  writeFileSync(path, 'something else, and long enough to be read as pages '.repeat(100));
  expect(() => takeLock(path, nobody)).toThrow(
    expect.objectContaining({ code: 'STORE_UNAVAILABLE' }),
  );
});

test('goes to exactly one of several starters, also over a dead one', async () => {
  const path = newPath();
  const dead = startChild('take-lock.ts', path);
  await nextLine(dead);
  await dead.kill();
  const starters = Array.from({ length: 4 }, () => startChild('take-lock.ts', path));
  const said = await Promise.all(starters.map(nextLine));
  expect(said.filter((line) => line === 'held')).toHaveLength(1);
  expect(said.filter((line) => line.includes('Another hub holds the lock'))).toHaveLength(3);
});

test('knows processes that run from those that do not', async () => {
  const child = startChild('take-lock.ts', newPath());
  const pid = child.process.pid ?? 0;
  await nextLine(child);
  expect(isAlive(pid)).toBe(true);
  await child.kill();
  expect(isAlive(pid)).toBe(false);
  expect(isAlive(process.pid)).toBe(true);
  // Process groups, not processes.
  for (const none of [0, -1, Number.NaN]) expect(isAlive(none)).toBe(false);
});
