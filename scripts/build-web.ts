/**
 * Builds packages/web/dist when its sources changed: a hash of everything that goes in is kept
 * beside what came out. Prints one line.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const STAMP = join(ROOT, 'packages/web/dist/.stamp');

/** Files and folders whose bytes decide what the build gives. */
const INPUTS = [
  'packages/web/index.html',
  'packages/web/package.json',
  'packages/web/vite.config.ts',
  'packages/web/public',
  'packages/web/src',
  'packages/core/src',
  'packages/ledger/src',
  'package-lock.json',
] as const;

function hashInputs(): string {
  const hash = createHash('sha256');
  for (const input of INPUTS) {
    for (const file of filesOf(input)) {
      const bytes = readFileSync(join(ROOT, file));
      hash.update(`${file}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest('hex');
}

function filesOf(path: string): readonly string[] {
  if (/\.\w+$/.test(path)) return [path];
  const entries = readdirSync(join(ROOT, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}

function readStamp(): string {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return '';
  }
}

function build(): void {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', 'packages/web', '--logLevel', 'warn'];
  // A build for development would name the files of this machine.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' });
  if (status !== 0) throw new Error('Vite could not build packages/web');
}

const wanted = hashInputs();
if (readStamp() === wanted) {
  console.log('web: up to date');
} else {
  const startMs = performance.now();
  build();
  writeFileSync(STAMP, wanted);
  console.log(`web: built in ${((performance.now() - startMs) / 1_000).toFixed(1)} s`);
}
