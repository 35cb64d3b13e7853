import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** A package with all that it needs to run, as folders below one root. */
export interface Closure {
  readonly root: string;
  /** Real folders of packages, relative to the root. */
  readonly folders: readonly string[];
  /** Where a package is found by a link: its place and its target, relative to the root. */
  readonly links: readonly { readonly from: string; readonly to: string }[];
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Undefined where a dependency is not where Node would look for it. */
export async function closureOf(folder: string): Promise<Closure | undefined> {
  const folders = new Set<string>();
  const links = new Map<string, string>();
  /** Folders in whose `node_modules` something was found: that name must stay below the root. */
  const above = new Set<string>();
  const waiting = [await realpath(folder)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (folders.has(next)) continue;
    folders.add(next);
    for (const name of await dependenciesOf(next)) {
      const found = await find(name, next);
      if (found === undefined) return undefined;
      above.add(found.slice(0, found.lastIndexOf(`${sep}node_modules${sep}`)));
      const real = await realpath(found);
      if (real !== found) links.set(found, real);
      waiting.push(real);
    }
  }
  const root = commonFolder([...folders, ...links.keys(), ...above]);
  return {
    root,
    folders: [...folders].map((one) => relative(root, one)).sort(),
    links: [...links].map(([from, to]) => ({ from: relative(root, from), to: relative(root, to) })),
  };
}

/** Without optional ones, of which the Node that comes along is large and is taken by itself. */
async function dependenciesOf(folder: string): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  const optional = manifest.optionalDependencies ?? {};
  return Object.keys(manifest.dependencies ?? {}).filter((name) => !Object.hasOwn(optional, name));
}

/** As Node looks for a package: in `node_modules` here and in every folder above. */
async function find(name: string, from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    const manifest = await readFile(join(place, 'package.json')).catch(() => undefined);
    if (manifest !== undefined)
      return join(await realpath(dirname(place)), name.split('/').at(-1) ?? name);
    if (dirname(folder) === folder) return undefined;
  }
}

function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split(sep));
  let length = first.length;
  for (const parts of others) {
    const differs = first.findIndex((part, i) => part !== parts[i]);
    if (differs >= 0) length = Math.min(length, differs);
  }
  return first.slice(0, length).join(sep) || sep;
}
