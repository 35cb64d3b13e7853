import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64, systemRandom } from '@spoor/core';
import { type Home, locateHome } from '@spoor/edge';
import { expect, test } from 'vitest';
import { loadSecrets } from '../src/secrets.ts';
import { temporaryFolder } from './support/folder.ts';

const newHome = (): Home => locateHome({ SPOOR_HOME: temporaryFolder() });

test('are for their owner alone', () => {
  const home = newHome();
  const { token } = loadSecrets(home, systemRandom);
  for (const file of [home.tokenFile, join(home.folder, 'secret')])
    expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(home.tokenFile, 'utf8').trim()).toBe(token);
  expect(token).toMatch(/^[0-9a-f]{64}$/);
});

test('are the same after a restart', () => {
  const home = newHome();
  const first = loadSecrets(home, systemRandom);
  const second = loadSecrets(home, systemRandom);
  expect(second.token).toBe(first.token);
  expect(second.definitionKey).toBe(first.definitionKey);
  expect(second.pseudonymKey).toEqual(first.pseudonymKey);
  expect(second.sessionKeys('a')).toEqual(first.sessionKeys('a'));
});

test('differ between sessions, uses and homes', () => {
  const secrets = loadSecrets(newHome(), systemRandom);
  const other = loadSecrets(newHome(), systemRandom);
  const [a, b, c] = [secrets.sessionKeys('a'), secrets.sessionKeys('b'), other.sessionKeys('a')];
  const keys = [a, b, c].flatMap(({ printKey, digestKey }) => [printKey, digestKey]);
  const all = [...keys, secrets.definitionKey, secrets.token, other.token];
  expect(new Set(all).size).toBe(all.length);
  expect(fromBase64(a.printKey)).toHaveLength(16);
  expect(fromBase64(a.digestKey)).toHaveLength(32);
});

test.each(['', '\n', 'short', 'z'.repeat(64)])('a damaged file (%j) stops the start', (text) => {
  const home = newHome();
  loadSecrets(home, systemRandom);
  for (const file of [home.tokenFile, join(home.folder, 'secret')]) {
    const good = readFileSync(file);
    writeFileSync(file, text);
    expect(() => loadSecrets(home, systemRandom)).toThrow(
      expect.objectContaining({ code: 'CONFIG_UNREADABLE', detail: file }),
    );
    writeFileSync(file, good);
  }
});
