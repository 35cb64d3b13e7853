import { linkSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemRandom } from '@spoor/core';
import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { Subjects } from '../../src/identify/subjects.ts';
import { temporaryFolder } from '../support/folder.ts';

const FINDER = new Uint8Array(32).fill(1);
const ADA = { issuer: 'https://idp.example', subject: 'ada', actors: [] };
const BOB = { ...ADA, subject: 'bob' };

verifies('identity:forgotten', async () => {
  const path = join(temporaryFolder(), 'subjects.jsonl');
  const subjects = await Subjects.load(path, FINDER, systemRandom);
  const ada = subjects.pseudonym(ADA);
  const bob = subjects.pseudonym(BOB);
  await subjects.settled();
  expect(ada).not.toBe(bob);
  expect(readFileSync(path, 'utf8')).not.toMatch(/ada|idp/);
  expect(statSync(path).mode & 0o077).toBe(0);
  const keyOf = (): string[] =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { key: string }).key);
  const [key = ''] = keyOf();

  const again = await Subjects.load(path, FINDER, systemRandom);
  expect(again.pseudonym(ADA)).toBe(ada);
  const before = `${path}.before`;
  linkSync(path, before);
  expect(await again.forget(ada)).toBe(true);
  // Nor is it in the bytes that the disk was given back.
  expect(readFileSync(before).every((byte) => byte === 0)).toBe(true);
  expect(await again.forget(ada)).toBe(false);
  // The key is gone, so the same person is somebody else from now on.
  expect(readFileSync(path, 'utf8')).not.toContain(key);
  expect(readFileSync(path, 'utf8')).not.toContain(ada);
  expect(again.pseudonym(ADA)).not.toBe(ada);
  expect(again.pseudonym(BOB)).toBe(bob);
  await again.settled();
});

test('a row that was cut off costs nobody else their pseudonym', async () => {
  const path = join(temporaryFolder(), 'subjects.jsonl');
  const subjects = await Subjects.load(path, FINDER, systemRandom);
  const ada = subjects.pseudonym(ADA);
  await subjects.settled();
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"who":"ab`);
  expect((await Subjects.load(path, FINDER, systemRandom)).pseudonym(ADA)).toBe(ada);
});

test('a stop while somebody is forgotten costs nobody else their pseudonym', async () => {
  const path = join(temporaryFolder(), 'subjects.jsonl');
  const subjects = await Subjects.load(path, FINDER, systemRandom);
  const ada = subjects.pseudonym(ADA);
  await subjects.settled();
  // Before the new file took its place: the same file under two names.
  linkSync(path, `${path}.former`);
  expect((await Subjects.load(path, FINDER, systemRandom)).pseudonym(ADA)).toBe(ada);
  // After that: a file of its own.
  writeFileSync(`${path}.former`, readFileSync(path));
  linkSync(`${path}.former`, `${path}.seen`);
  expect((await Subjects.load(path, FINDER, systemRandom)).pseudonym(ADA)).toBe(ada);
  expect(readFileSync(`${path}.seen`).every((byte) => byte === 0)).toBe(true);
});
