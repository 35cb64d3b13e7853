import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT: string = join(import.meta.dirname, '../..');

type Versions = Readonly<Record<string, string>>;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: string;
  readonly engines: Versions;
  readonly bin?: Versions;
  readonly exports: Versions;
  readonly dependencies?: Versions;
  readonly optionalDependencies?: Versions;
}

const OURS = '@spoor/';

/** Besides its compiled sources: from where in the repository, to where in the package. */
const BESIDE: readonly (readonly [string, string])[] = [
  ['packages/cli/bin', 'bin'],
  ['packages/web/dist', 'web'],
  ['rules', 'rules'],
  ['docs', 'docs'],
];

/**
 * Lays out the package to be packed: its own files, and our other packages as bundled
 * dependencies. Their dependencies become its own, so that npm needs nothing else to install them.
 */
export function stage(name: string, compiled: string, folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  const own = manifestOf(name);
  const bundled = ourDependencies(own);
  const others = [own, ...bundled].flatMap(({ dependencies = {} }) =>
    Object.entries(dependencies).filter(([dependency]) => !dependency.startsWith(OURS)),
  );
  const ours = bundled.map((one) => [one.name, one.version] as const).sort();
  layOut(folder, own, compiled, {
    dependencies: Object.fromEntries([...ours, ...others.sort()]),
    bundleDependencies: ours.map(([dependency]) => dependency),
    // Brings its own Node where there is one to bring; then the user's may be older.
    optionalDependencies: rootManifest().optionalDependencies ?? {},
    engines: rootManifest().engines,
    files: ['dist', ...BESIDE.map(([, to]) => to)],
  });
  for (const [from, to] of BESIDE) copy(from, join(folder, to));
  for (const one of bundled) {
    layOut(join(folder, 'node_modules', one.name), one, compiled, { files: ['dist'] });
  }
  return folder;
}

const read = (path: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Manifest;
const manifestOf = (name: string): Manifest => read(`packages/${name}/package.json`);
const rootManifest = (): Manifest => read('package.json');

function ourDependencies(own: Manifest): Manifest[] {
  const found = new Map<string, Manifest>();
  const waiting = [own];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const dependency of Object.keys(next.dependencies ?? {})) {
      if (!dependency.startsWith(OURS) || found.has(dependency)) continue;
      const manifest = manifestOf(dependency.slice(OURS.length));
      found.set(dependency, manifest);
      waiting.push(manifest);
    }
  }
  return [...found.values()];
}

function layOut(folder: string, manifest: Manifest, compiled: string, more: object): void {
  const name = manifest.name.slice(OURS.length);
  const { version, description, license, type, engines, bin } = manifest;
  mkdirSync(folder, { recursive: true });
  copy(join(compiled, name, 'src'), join(folder, 'dist'));
  copy(`packages/${name}/README.md`, join(folder, 'README.md'));
  copy('LICENSE', join(folder, 'LICENSE'));
  const exports = Object.fromEntries(
    Object.entries(manifest.exports).map(([entry, path]) => [entry, compiledPath(path)]),
  );
  const packed = {
    name: manifest.name,
    version,
    description,
    license,
    type,
    engines,
    ...(bin === undefined ? {} : { bin }),
    exports,
    ...more,
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`);
}

const compiledPath = (path: string): string => path.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js');

/** Marks of the build, such as `.stamp`, and pictures of the documents stay behind. */
function copy(from: string, to: string): void {
  const source = from.startsWith('/') ? from : join(ROOT, from);
  if (!existsSync(source)) throw new Error(`${from} is missing`);
  cpSync(source, to, {
    recursive: true,
    filter: (path) => !/[\\/](?:\.[^\\/]*|images)$/.test(path) || path === source,
  });
}
