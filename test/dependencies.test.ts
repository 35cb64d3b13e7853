import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packageNames, read, readManifest } from './repository.ts';

/** `name version` of what the manifests ask for, without our own packages. */
function declared(): readonly string[] {
  const folders = ['.', ...packageNames().map((name) => `packages/${name}`)];
  const all = folders
    .map(readManifest)
    .flatMap((manifest) => [
      ...Object.entries(manifest.dependencies ?? {}),
      ...Object.entries(manifest.devDependencies ?? {}),
      ...Object.entries(manifest.optionalDependencies ?? {}),
    ]);
  const others = all.filter(([name]) => !name.startsWith('@spoor/'));
  return [...new Set(others.map(([name, version]) => `${name} ${version}`))].sort();
}

interface Row {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly why: string;
}

const rows: readonly Row[] = [
  ...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm),
].map(([, name = '', version = '', licence = '', why = '']) => ({ name, version, licence, why }));

test('the table has every dependency at its version, and no other', () => {
  expect(rows.map(({ name, version }) => `${name} ${version}`).sort()).toEqual(declared());
});

test('versions are exact', () => {
  for (const { name, version } of rows) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+(?:-[a-z]+\.\d+)?$/);
  }
});

test('licences are those of the packages', () => {
  for (const { name, licence } of rows) {
    const folder = `node_modules/${name}`;
    // Programs for other platforms are not installed here.
    if (!existsSync(folder)) continue;
    const manifest = readManifest(folder) as unknown as { readonly license: string };
    expect(licence, name).toBe(manifest.license);
  }
});

test('nothing runs a script on install', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
  };
  const scripts = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript);
  expect(scripts.map(([path]) => path)).toEqual([]);
});

test('every entry of the lock can be fetched from any registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "https?:/);
});
