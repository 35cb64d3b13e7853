/**
 * Builds real tracing backends for tests, from the Go module proxy, and keeps them in the user's
 * cache. Needs Go. Prints where each one lies.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { JAEGER } from './jaeger.ts';

const { module: MODULE, command: COMMAND, version: VERSION, path: TARGET } = JAEGER;

function go(cwd: string, ...words: string[]): string {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
  const { status, stdout, error } = spawnSync('go', words, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error !== undefined) throw new Error(`Go is needed to build ${COMMAND}: ${error.message}`);
  if (status !== 0) throw new Error(`go ${words.join(' ')} ended with ${status}`);
  return stdout;
}

/**
 * Its own module replaces a dependency, so it cannot be installed by name: a module of ours takes
 * over its requirements and checksums, and builds its command.
 */
function build(): void {
  const folder = `${TARGET}.build`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'go.mod'), 'module example.invalid/backends\n');
  const found = go(folder, 'mod', 'download', '-json', `${MODULE}@${VERSION}`);
  const { Dir: source } = JSON.parse(found) as { readonly Dir: string };
  const requirements = readFileSync(join(source, 'go.mod'), 'utf8');
  writeFileSync(
    join(folder, 'go.mod'),
    `${requirements.replace(/^module .*/, 'module example.invalid/backends')}
require ${MODULE} ${VERSION}
`,
  );
  copyFileSync(join(source, 'go.sum'), join(folder, 'go.sum'));
  writeFileSync(
    join(folder, 'tools.go'),
    `//go:build tools\n\npackage tools\n\nimport _ "${MODULE}/${COMMAND}"\n`,
  );
  const next = `${TARGET}.next`;
  go(folder, 'build', '-trimpath', '-ldflags=-s -w', '-o', next, `${MODULE}/${COMMAND}`);
  renameSync(next, TARGET);
}

if (!existsSync(TARGET)) build();
console.log(TARGET);
