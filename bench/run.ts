/**
 * `npm run bench [-- NAME…] [--write]`: runs the benches one after another, compares them with
 * `budgets.json`, and with `--write` keeps the table in RESULTS.md, where what was not run stays as
 * it was. Ends with 1 when a figure is over its budget.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { argv, execArgv, execPath, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Report } from './report.ts';

interface Budget {
  readonly max?: number;
  readonly min?: number;
  /** Where the number comes from. */
  readonly why: string;
}

const BENCHES: readonly { readonly name: string; readonly flags: readonly string[] }[] = [
  { name: 'definitions', flags: [] },
  { name: 'content', flags: [] },
  { name: 'examine', flags: [] },
  { name: 'gateway', flags: [] },
  { name: 'identity', flags: [] },
  { name: 'instrument', flags: [] },
  { name: 'latency', flags: [] },
  { name: 'ledger', flags: [] },
  { name: 'norms', flags: [] },
  { name: 'otlp', flags: [] },
  { name: 'rules', flags: [] },
  { name: 'size', flags: [] },
  { name: 'startup', flags: [] },
  { name: 'step', flags: ['--expose-gc'] },
  { name: 'trust', flags: [] },
];

const at = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const budgets = JSON.parse(readFileSync(at('budgets.json'), 'utf8')) as Record<
  string,
  Record<string, Budget>
>;

/** Each in a process of its own: what one has loaded must not speed up or slow down the next. */
function run({ name, flags }: (typeof BENCHES)[number]): Report {
  const module = JSON.stringify(at(`${name}.bench.ts`));
  const print = `console.log(JSON.stringify(await bench.${name}()))`;
  const code = `const bench = await import(${module}); ${print}`;
  const { status, stdout } = spawnSync(
    execPath,
    [...execArgv, ...flags, '--input-type=module', '-e', code],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (status !== 0) throw new Error(`the bench ${name} ended with ${status}`);
  return JSON.parse(stdout) as Report;
}

interface Row {
  readonly figure: string;
  readonly value: number;
  readonly budget: string;
  readonly state: 'ok' | 'over' | '';
}

const limitOf = ({ min, max }: Budget): string => (max === undefined ? `≥ ${min}` : `≤ ${max}`);

const isOver = (value: number, { min, max }: Budget): boolean =>
  (max !== undefined && value > max) || (min !== undefined && value < min);

function rowsOf({ name, unit, figures }: Report): Row[] {
  return Object.entries(figures).map(([figure, value]) => {
    const budget = budgets[name]?.[figure];
    return {
      figure: `${name}.${figure}${figure.endsWith('ratio') ? '' : ` (${unit})`}`,
      value: Number(value.toPrecision(4)),
      budget: budget === undefined ? '' : `${limitOf(budget)}: ${budget.why}`,
      state: budget === undefined ? '' : isOver(value, budget) ? 'over' : 'ok',
    };
  });
}

const lineOf = ({ figure, value, budget, state }: Row): string =>
  `| ${figure} | ${value} | ${budget} | ${state} |`;

const table = (lines: readonly string[]): string =>
  ['| Figure | Measured | Budget | |', '| --- | ---: | --- | --- |', ...lines].join('\n');

/** Lines of the benches that were run, and of all others as they stand in the file. */
function merged(measured: ReadonlyMap<string, readonly string[]>): string[] {
  const kept = readFileSync(at('RESULTS.md'), 'utf8').split('\n');
  return BENCHES.flatMap(
    ({ name }) => measured.get(name) ?? kept.filter((line) => line.startsWith(`| ${name}.`)),
  );
}

const wanted = argv.slice(2).filter((word) => !word.startsWith('--'));
const rows: Row[] = [];
const measured = new Map<string, readonly string[]>();
for (const bench of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(bench.name)) continue;
  process.stderr.write(`bench ${bench.name} …\n`);
  const own = rowsOf(run(bench));
  rows.push(...own);
  measured.set(bench.name, own.map(lineOf));
}
process.stdout.write(`${table(rows.map(lineOf))}\n`);
if (argv.includes('--write')) {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const head = `# Bench results\n\n${new Date().toISOString().slice(0, 10)}, ${machine}. Ratios hold better than times.\n`;
  writeFileSync(at('RESULTS.md'), `${head}\n${table(merged(measured))}\n`);
}
exit(rows.some(({ state }) => state === 'over') ? 1 : 0);
