import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Observed } from '../../src/decide/observed.ts';

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-observed-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'observed.json');
}

const seen = { call: 'call-1', atMs: 7 };

test('what was seen of a tool is there again after a restart, with its evidence', async () => {
  const path = place();
  const first = new Observed(path);
  expect(first.add('crm', 'read', ['pii.email'], seen)).toBe(false);
  expect(first.add('crm', 'read', ['secret', 'pii.iban'], seen)).toBe(true);
  expect(first.add('crm', 'read', ['pii.card'], { call: 'call-2', atMs: 9 })).toBe(false);
  await first.settled();
  expect(new Observed(path).of('crm', 'read')).toEqual([
    { class: 'secret', ...seen },
    { class: 'pii.iban', ...seen },
  ]);
});

test('a damaged file is counted, and not taken for an empty one', () => {
  const path = place();
  expect(new Observed(path).counts.observedNotKept).toBe(0);
  writeFileSync(path, '{');
  expect(new Observed(path).counts.observedNotKept).toBe(1);
});

test('a folder that cannot be written costs the file, and is counted', async () => {
  const observed = new Observed(join(place(), 'none', 'observed.json'));
  expect(observed.add('crm', 'read', ['secret'], seen)).toBe(true);
  await observed.settled();
  expect(observed.counts.observedNotKept).toBe(1);
  expect(observed.of('crm', 'read')).toHaveLength(1);
});
