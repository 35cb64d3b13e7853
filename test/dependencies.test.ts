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

interface Locked {
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const locked = (JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> })
  .packages;

test('nothing runs a script on install', () => {
  const scripts = Object.entries(locked).filter(([, entry]) => entry.hasInstallScript);
  expect(scripts.map(([path]) => path)).toEqual([]);
});

test('the lock names the programs for all platforms, or npm ci refuses it', () => {
  const optional = Object.values(locked).flatMap((entry) =>
    Object.keys(entry.optionalDependencies ?? {}),
  );
  const isLocked = (name: string): boolean =>
    Object.keys(locked).some((path) => path.endsWith(`node_modules/${name}`));
  expect(optional.length).toBeGreaterThan(0);
  expect(optional.filter((name) => !isLocked(name))).toEqual([]);
});

test('every entry of the lock can be fetched from any registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "https?:/);
});
