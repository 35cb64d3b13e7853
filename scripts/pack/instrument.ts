import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type InputOptions, type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { ROOT } from './stage.ts';

const HOME = join(ROOT, 'packages/instrument');
const ENTRIES = {
  index: join(HOME, 'src/index.ts'),
  attest: join(HOME, 'src/attest.ts'),
  register: join(HOME, 'src/register.ts'),
  sampler: join(HOME, 'src/sampler.ts'),
  hooks: join(HOME, 'src/loader/hooks.ts'),
};

/** Rows about what this package has no code for, and nothing in it names. */
const FOREIGN_ROWS =
  /\/core\/src\/(?:errors|limits)-(?:backend|gateway|labels|query|rules|scan|source)\.ts$/;

const withoutForeignRows: Plugin = {
  name: 'without-foreign-rows',
  load: (id) => {
    if (!FOREIGN_ROWS.test(id)) return null;
    const names = [...readFileSync(id, 'utf8').matchAll(/^export const (\w+)/gm)];
    return names.map(([, name]) => `export const ${name} = {};`).join('\n');
  },
};

/** Core goes in; the peer and Node stay outside. */
const OPTIONS: InputOptions = {
  external: [/^node:/, '@opentelemetry/api'],
  platform: 'node',
  plugins: [withoutForeignRows],
};

/** Lays out `@spoor/instrument` as it is published: ESM, CJS and types, without dependencies. */
export async function packInstrument(folder: string): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  const dist = join(folder, 'dist');
  mkdirSync(dist, { recursive: true });
  for (const [format, ending] of [['es', 'mjs'] as const, ['cjs', 'cjs'] as const]) {
    const bundle = await rolldown({ ...OPTIONS, input: ENTRIES });
    await bundle.write({
      dir: dist,
      format,
      entryFileNames: `[name].${ending}`,
      chunkFileNames: `[name]-[hash].${ending}`,
    });
  }
  writeTypes(join(dist, 'types'));
  cpSync(join(HOME, 'README.md'), join(folder, 'README.md'));
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
  return folder;
}

/** Bytes, gzipped, of what a program loads that calls `instrument` and joins no hub. */
export async function gzipBytes(): Promise<number> {
  const bundle = await rolldown({ ...OPTIONS, input: { index: ENTRIES.index } });
  const { output } = await bundle.generate({ format: 'es', minify: true });
  const chunks = new Map(
    output.filter((one): one is OutputChunk => one.type === 'chunk').map((c) => [c.fileName, c]),
  );
  const loaded = new Set<string>();
  const waiting = ['index.js'];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (loaded.has(next)) continue;
    loaded.add(next);
    waiting.push(...(chunks.get(next)?.imports ?? []).filter((name) => chunks.has(name)));
  }
  const codes = [...loaded].map((name) => chunks.get(name)?.code ?? '');
  return codes.reduce((sum, code) => sum + gzipSync(code).length, 0);
}

function manifest(): object {
  const own = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  const { name, version, description, license, type, engines, peerDependencies } = own;
  const entry = (file: string): object => ({
    types: `./dist/types/instrument/src/${file}.d.ts`,
    import: `./dist/${file}.mjs`,
    require: `./dist/${file}.cjs`,
  });
  const exports = {
    '.': entry('index'),
    './attest': entry('attest'),
    './register': entry('register'),
    './sampler': entry('sampler'),
  };
  const files = ['dist'];
  const packed = { name, version, description, license, type, engines, exports, files };
  return { ...packed, peerDependencies };
}

/** Declarations of this package and of core, which is bundled and has no package to be found in. */
function writeTypes(folder: string): void {
  const flags = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly'];
  const roots = ['--rootDir', 'packages', '--outDir', folder, '--noCheck'];
  const config = join(folder, '..', 'tsconfig.json');
  const include = ['core', 'instrument'].map((name) => join(ROOT, 'packages', name, 'src'));
  const typeRoots = [join(ROOT, 'node_modules/@types')];
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { typeRoots },
      include,
      exclude: [],
    }),
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const words = [tsc, '-p', config, ...flags, ...roots];
  const { status } = spawnSync(process.execPath, words, { cwd: ROOT, stdio: ['ignore', 2, 2] });
  rmSync(config);
  if (status !== 0) throw new Error('the types could not be written');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts')) relink(join(folder, name), name.split(/[\\/]/).length - 1);
  }
}

/** @param depth Folders below `types`. */
function relink(path: string, depth: number): void {
  const core = `${'../'.repeat(depth)}core/src/index.js`;
  const text = readFileSync(path, 'utf8')
    .replaceAll(/(from |import\()(['"])@spoor\/core\2/g, `$1$2${core}$2`)
    .replaceAll(/(from |import\()(['"])(\.[^'"]*)\.ts\2/g, '$1$2$3.js$2');
  writeFileSync(path, text);
}
