/**
 * Packs the command for npm: one tarball that has every package of this repository in it and only
 * asks a registry for other people's. `node scripts/pack.ts [--out FOLDER]`; the last line printed
 * is the tarball's path.
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compile } from './pack/compile.ts';
import { ROOT, stage } from './pack/stage.ts';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const out = resolve(values.out ?? join(ROOT, '.cache/pack'));

const compiled = compile(join(out, 'compiled'));
const staged = stage('cli', compiled, join(out, 'stage'));
const { status, stdout } = spawnSync(
  'npm',
  ['pack', '--json', '--ignore-scripts', '--pack-destination', out],
  { cwd: staged, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
);
if (status !== 0) throw new Error('npm could not pack');
const packed = JSON.parse(stdout) as { filename: string; size: number; entryCount: number }[];
const [{ filename, size, entryCount }] = packed as [(typeof packed)[number]];
console.log(`${entryCount} files, ${(size / 1_000).toFixed(0)} kB`);
console.log(join(out, filename));
