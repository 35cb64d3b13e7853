/**
 * What `npm test` runs: every check there is, one after the other because two cores are not more. A
 * failed check does not hide the next. The last line counts the tests. `--long` runs the long tier
 * instead.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY_TOTALS, parseTotals, showTotals, type Totals } from './totals.ts';

interface Step {
  readonly name: string;
  /** Script to run with this Node, and its arguments. */
  readonly run: readonly string[];
}

const ROOT = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'spoor-check-'));
const report = join(folder, 'vitest.json');

const tool = (path: string): string => join('node_modules', path);
const TSC = tool('typescript/bin/tsc');

const BUILD: Step = { name: 'web build', run: ['scripts/build-web.ts'] };
const STATIC: readonly Step[] = [
  { name: 'types', run: [TSC, '-p', '.'] },
  { name: 'types of web', run: [TSC, '-p', 'packages/web'] },
  { name: 'lint and format', run: [tool('@biomejs/biome/bin/biome'), 'ci', '.'] },
  { name: 'unused code', run: [tool('knip/bin/knip.js'), '--no-progress'] },
];
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const TESTS: Step = { name: 'tests', run: [tool('vitest/vitest.mjs'), 'run', ...reporters] };

function runStep({ run }: Step, env: NodeJS.ProcessEnv): Promise<boolean> {
  const child = spawn(process.execPath, run, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

async function runAll(steps: readonly Step[], env: NodeJS.ProcessEnv): Promise<string[]> {
  const failed: string[] = [];
  for (const step of steps) {
    const startMs = performance.now();
    console.log(`\n── ${step.name}`);
    const ok = await runStep(step, env);
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    console.log(`── ${step.name}: ${ok ? 'passed' : 'FAILED'} in ${seconds} s`);
    if (!ok) failed.push(step.name);
  }
  return failed;
}

/** Zeros where Vitest wrote no report: the step itself has failed then. */
function readTotals(): Totals {
  try {
    return parseTotals(readFileSync(report, 'utf8'));
  } catch {
    return EMPTY_TOTALS;
  }
}

const long = process.argv.includes('--long');
const env = long ? { ...process.env, SPOOR_LONG: '1' } : process.env;
const failed = await runAll(long ? [BUILD, TESTS] : [BUILD, ...STATIC, TESTS], env);
const totals = readTotals();
rmSync(folder, { recursive: true, force: true });
console.log(failed.length === 0 ? '\nEvery check passed.' : `\nFailed: ${failed.join(', ')}.`);
console.log(showTotals(totals));
process.exitCode = failed.length === 0 && totals.failed === 0 ? 0 : 1;
