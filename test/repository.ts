/** The repository as its own tests read it: files, manifests, imports. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const ROOT: string = resolve(import.meta.dirname, '..');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Made by tools, or somebody else's. */
const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.cache', '.git']);

/**
 * Paths of all our files in a folder, relative to the root, sorted. None where there is no such
 * folder.
 */
export function filesIn(folder: string): readonly string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => !NOT_OURS.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : [path];
    })
    .sort();
}

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Names of the folders in `packages/`. */
export const packageNames = (): readonly string[] =>
  readdirSync(join(ROOT, 'packages'))
    .filter((name) => existsSync(join(ROOT, 'packages', name, 'package.json')))
    .sort();

/** @param folder Of the manifest; the root's without one. */
export const readManifest = (folder: string = '.'): Manifest =>
  JSON.parse(read(join(folder, 'package.json'))) as Manifest;

const IMPORT = /^\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]/gm;
const BARE_IMPORT = /^\s*import\s*['"]([^'"]+)['"]/gm;
const LATE_IMPORT = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** What a source text imports, types included, in all forms with a literal specifier. */
export function importsOf(source: string): readonly string[] {
  return [IMPORT, BARE_IMPORT, LATE_IMPORT].flatMap((form) =>
    [...source.matchAll(form)].map((match) => match[1] ?? ''),
  );
}

/** Sources of a package, without its tests. */
export const sourcesOf = (name: string): readonly string[] =>
  filesIn(`packages/${name}/src`).filter((path) => /\.tsx?$/.test(path));

/** A file and all that it reaches by relative imports. */
export function reach(entry: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const specifier of importsOf(read(entry))) {
    if (/^\..*\.tsx?$/.test(specifier)) reach(join(dirname(entry), specifier), seen);
  }
  return seen;
}
