import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { closureOf } from '../../src/init/closure.ts';

/** Packages by their folder, each with the names of its dependencies. */
function layOut(packages: Readonly<Record<string, readonly string[]>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [at, names] of Object.entries(packages)) {
    mkdirSync(join(folder, at), { recursive: true });
    const dependencies = Object.fromEntries(names.map((name) => [name, '1.0.0']));
    writeFileSync(join(folder, at, 'package.json'), JSON.stringify({ dependencies }));
  }
  return folder;
}

test('installed globally: everything lies below the package', async () => {
  const folder = layOut({
    'lib/node_modules/@spoor/cli': ['@spoor/edge'],
    'lib/node_modules/@spoor/cli/node_modules/@spoor/edge': ['zod'],
    'lib/node_modules/@spoor/cli/node_modules/zod': [],
    'lib/node_modules/other': [],
  });
  expect(await closureOf(join(folder, 'lib/node_modules/@spoor/cli'))).toEqual({
    root: join(folder, 'lib/node_modules/@spoor/cli'),
    folders: ['', 'node_modules/@spoor/edge', 'node_modules/zod'],
    links: [],
  });
});

test('installed in a folder: dependencies lie beside the package', async () => {
  const folder = layOut({
    'node_modules/@spoor/cli': ['@spoor/edge'],
    'node_modules/@spoor/cli/node_modules/@spoor/edge': ['zod'],
    'node_modules/zod': [],
    'node_modules/other': [],
  });
  expect(await closureOf(join(folder, 'node_modules/@spoor/cli'))).toEqual({
    root: folder,
    folders: [
      'node_modules/@spoor/cli',
      'node_modules/@spoor/cli/node_modules/@spoor/edge',
      'node_modules/zod',
    ],
    links: [],
  });
});

test('in a checkout: our packages are links, and may need each other in a circle', async () => {
  const folder = layOut({
    'packages/cli': ['@spoor/edge'],
    'packages/edge': ['@spoor/cli', 'zod'],
    'node_modules/zod': [],
  });
  mkdirSync(join(folder, 'node_modules/@spoor'));
  for (const name of ['cli', 'edge']) {
    symlinkSync(`../../packages/${name}`, join(folder, 'node_modules/@spoor', name));
  }
  expect(await closureOf(join(folder, 'packages/cli'))).toEqual({
    root: folder,
    folders: ['node_modules/zod', 'packages/cli', 'packages/edge'],
    links: [
      { from: 'node_modules/@spoor/edge', to: 'packages/edge' },
      { from: 'node_modules/@spoor/cli', to: 'packages/cli' },
    ],
  });
});

test('what is missing leaves nothing to copy', async () => {
  const folder = layOut({ 'node_modules/@spoor/cli': ['gone'] });
  expect(await closureOf(join(folder, 'node_modules/@spoor/cli'))).toBeUndefined();
});
