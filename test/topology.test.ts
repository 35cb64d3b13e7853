import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  importsOf,
  packageNames,
  ROOT,
  reach,
  read,
  readManifest,
  sourcesOf,
} from './repository.ts';

/**
 * The table of `ARCHITECTURE.md`: what each package may import, as `core` or, of one part only,
 * `ledger/seal`.
 */
function readTable(): ReadonlyMap<string, readonly string[]> {
  const rows = read('ARCHITECTURE.md').matchAll(/^\| `([a-z]+)` +\|.*\|([^|]*)\|$/gm);
  return new Map(
    [...rows].map(([, name = '', allowed = '']) => [
      name,
      [...allowed.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
    ]),
  );
}

const SCOPE = '@spoor/';
const table = readTable();
const packages = packageNames();

/** Names of our packages that a manifest declares. */
const declared = (name: string): readonly string[] =>
  Object.keys(readManifest(`packages/${name}`).dependencies ?? {})
    .filter((dependency) => dependency.startsWith(SCOPE))
    .map((dependency) => dependency.slice(SCOPE.length))
    .sort();

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const importsIn = (name: string): readonly Import[] =>
  sourcesOf(name).flatMap((file) =>
    importsOf(read(file)).map((specifier) => ({ file, specifier })),
  );

/** `@scope/name` or `name` of a specifier with or without a path. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

const isRelative = ({ specifier }: Import): boolean => specifier.startsWith('.');

test('imports are found in all their forms', () => {
  const source = [
    "import './a.ts';",
    "import type { B } from 'b';",
    'import {\n  c,\n} from "c/c";',
    "export * from './d.ts';",
    "const e = await import('e');",
    "const text = 'from f';",
  ].join('\n');
  expect([...importsOf(source)].sort()).toEqual(['./a.ts', './d.ts', 'b', 'c/c', 'e']);
});

test('the table names the packages that exist, and no others', () => {
  expect([...table.keys()].sort()).toEqual(packages);
});

describe.each(packages)('%s', (name) => {
  const allowed = table.get(name) ?? [];

  test('declares what the table allows', () => {
    const whole = allowed.map((entry) => entry.split('/')[0] ?? '');
    expect(declared(name)).toEqual([...new Set(whole)].sort());
  });

  test('imports of ours only what the table allows', () => {
    const stray = importsIn(name).filter(({ specifier }) => {
      if (!specifier.startsWith(SCOPE)) return false;
      const wanted = specifier.slice(SCOPE.length);
      return !allowed.some((entry) => wanted === entry || wanted.startsWith(`${entry}/`));
    });
    expect(stray).toEqual([]);
  });

  test('imports of others only what its manifest declares', () => {
    const { dependencies, peerDependencies } = readManifest(`packages/${name}`);
    const known = Object.keys({ ...dependencies, ...peerDependencies });
    const stray = importsIn(name).filter(
      (one) =>
        !isRelative(one) && !isBuiltin(one.specifier) && !known.includes(packageOf(one.specifier)),
    );
    expect(stray).toEqual([]);
  });

  test('does not reach into another package by path', () => {
    const home = join(ROOT, 'packages', name);
    const stray = importsIn(name)
      .filter(isRelative)
      .filter(({ file, specifier }) =>
        relative(home, resolve(ROOT, file, '..', specifier)).startsWith('..'),
      );
    expect(stray).toEqual([]);
  });

  test('every export leads to a file', () => {
    const targets = Object.values(readManifest(`packages/${name}`).exports ?? {});
    expect(targets.length).toBeGreaterThan(0);
    const missing = targets.filter((path) => !existsSync(join(ROOT, 'packages', name, path)));
    expect(missing).toEqual([]);
  });

  test('imports only parts that the other package exports', () => {
    const stray = importsIn(name).filter(({ specifier }) => {
      if (!specifier.startsWith(SCOPE)) return false;
      const [owner = '', ...path] = specifier.slice(SCOPE.length).split('/');
      const exported = readManifest(`packages/${owner}`).exports ?? {};
      return !Object.hasOwn(exported, ['.', ...path].join('/'));
    });
    expect(stray).toEqual([]);
  });
});

test('core imports nothing at all', () => {
  expect(Object.keys(readManifest('packages/core').dependencies ?? {})).toEqual([]);
  expect(importsIn('core').filter((one) => !isRelative(one))).toEqual([]);
});

/** Whatever of these is reached runs in browsers too. */
const BROWSER_ENTRIES = [
  'packages/core/src/index.ts',
  'packages/detect/src/index.ts',
  'packages/ledger/src/verify/index.ts',
  'packages/web/src/main.tsx',
] as const;

test.each(BROWSER_ENTRIES)('%s reaches no part of Node', (entry) => {
  const stray = [...reach(entry)].flatMap((file) =>
    importsOf(read(file))
      .filter(isBuiltin)
      .map((specifier) => ({ file, specifier })),
  );
  expect(stray).toEqual([]);
});
