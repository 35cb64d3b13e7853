import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './stage.ts';

/**
 * Compiles the sources of all packages into `folder/<package>/src`, as JavaScript that any
 * supported Node runs, and builds the UI. Without source maps, which would name places of this
 * machine.
 */
export function compile(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'tsconfig.json');
  const packages = relative(folder, join(ROOT, 'packages'));
  writeFileSync(
    config,
    JSON.stringify({
      extends: relative(folder, join(ROOT, 'tsconfig.json')),
      compilerOptions: {
        noEmit: false,
        declaration: false,
        isolatedDeclarations: false,
        sourceMap: false,
        rewriteRelativeImportExtensions: true,
        rootDir: packages,
        outDir: '.',
        typeRoots: [relative(folder, join(ROOT, 'node_modules/@types'))],
      },
      include: [`${packages}/*/src`],
      exclude: [`${packages}/web`],
    }),
  );
  runNode('node_modules/typescript/bin/tsc', '-p', config);
  copyData(folder);
  runNode('scripts/build-web.ts');
  return folder;
}

/** Imported JSON: on a busy machine the compiler has left it out, without a word. */
function copyData(folder: string): void {
  for (const path of globSync('*/src/**/*.json', { cwd: join(ROOT, 'packages') })) {
    if (!path.startsWith('web')) cpSync(join(ROOT, 'packages', path), join(folder, path));
  }
}

function runNode(script: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [join(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error(`${script} failed`);
}
