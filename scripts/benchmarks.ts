/**
 * Plays recorded sessions and definitions through the shipped configuration, by the judge that lies
 * beside them, and writes `docs/benchmarks.md`.
 *
 *     node scripts/benchmarks.ts FOLDER [--egress]
 *
 * With --egress, only what leaves is measured anew. FOLDER holds the recordings and
 * `evaluate.mjs`. What `scripts/subversion/train.ts` found of suites, models and tasks that were
 * left out is taken from `bench/subversion.json`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Row, readCases, rowsOf } from './egress/cases.ts';
import { throughHub } from './egress/hub.ts';
import type { LeftOut } from './subversion/report.ts';

const ROOT = join(import.meta.dirname, '..');
const MODES = ['plain', 'full', 'mask', 'blind'] as const;

interface Share {
  readonly tpr: number | null;
  readonly inTime: number | null;
}

interface Group {
  readonly benign: number;
  readonly attacks: number;
  readonly at1: Share;
  readonly at5: Share;
  readonly auc: number | null;
  readonly shipped: Share & {
    readonly fpr: number | null;
    readonly fprInterval: readonly [number, number];
  };
  readonly userRequestedAlert: number | null;
}

interface Tools {
  readonly poisoned: number;
  readonly benignTools: number;
  readonly benignServers: number;
  readonly hardNegatives: number;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/benchmarks.ts FOLDER');
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), 'spoor-benchmarks-'));

/** What the judge says of one file, in one mode. */
async function judge<Summary>(file: string, mode: string): Promise<Summary> {
  const out = join(scratch, 'out.json');
  const spoor = join(ROOT, 'packages/cli/bin/spoor.mjs');
  const detector = `"${process.execPath}" "${spoor}" replay --stdio`;
  const options = ['--detector', detector, '--file', join(folder ?? '', file)];
  const args = [join(folder ?? '', 'evaluate.mjs'), ...options, '--mode', mode, '--json', out];
  console.log(`${file}, ${mode}`);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`the judge ended with ${code}`);
  return JSON.parse(readFileSync(out, 'utf8')).summary as Summary;
}

const percent = (share: number | null | undefined): string =>
  share === null || share === undefined ? '–' : `${(100 * share).toFixed(1)} %`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const chainRow = (name: string, group: Group): string[] => [
  name,
  String(group.attacks),
  String(group.benign),
  percent(group.at1.inTime),
  percent(group.at5.inTime),
  group.auc?.toFixed(3) ?? '–',
  percent(group.shipped.inTime),
  `${percent(group.shipped.fpr)} (${group.shipped.fprInterval.map(percent).join(' to ')})`,
];

const CHAIN_HEAD = [
  'recorded by',
  'attacks',
  'benign',
  'in time at 1 %',
  'in time at 5 %',
  'AUC',
  'shipped: in time',
  'shipped: false positives (95 %)',
];

async function chains(): Promise<string> {
  const parts: string[] = [];
  for (const mode of MODES) {
    const summary = await judge<Record<string, Group>>('chains_public.jsonl.gz', mode);
    const rows = Object.entries(summary).map(([name, group]) => chainRow(name, group));
    parts.push(`### ${mode}\n\n${table(CHAIN_HEAD, rows)}`);
  }
  return parts.join('\n\n');
}

async function asked(): Promise<string> {
  const summary = await judge<Record<string, Group>>(
    'chains_user_requested_public.jsonl.gz',
    'plain',
  );
  const rows = Object.entries(summary).map(([name, group]) => [
    name,
    percent(group.userRequestedAlert),
  ]);
  return table(['recorded by', 'alerts although the user asked for it'], rows);
}

async function tools(): Promise<string> {
  const found = await judge<Tools>('tools_public.jsonl.gz', 'plain');
  return table(
    ['definitions', 'alerts'],
    [
      ['poisoned', percent(found.poisoned)],
      ['benign tools', percent(found.benignTools)],
      ['benign servers with such a tool', percent(found.benignServers)],
      ['hard negatives', percent(found.hardNegatives)],
    ],
  );
}

/** Protocols that Spoor does not watch are played as the call that would carry the traffic. */
const OVER_MCP: ReadonlySet<string> = new Set(['mcp_chain', 'mcp_input', 'mcp_tool']);

async function egress(): Promise<string> {
  const cases = readCases(join(folder ?? '', 'egress_cases.jsonl.gz'));
  console.log(`${cases.length} cases of egress, through a hub`);
  const { outcomes, verified, size } = await throughHub(cases);
  const rows = rowsOf(outcomes);
  const sum = (name: string, some: readonly Row[]): string[] => {
    const of = (key: Exclude<keyof Row, 'category'>): number =>
      some.reduce((all, row) => all + row[key], 0);
    return [
      name,
      `${of('seen')} of ${of('block')}`,
      String(of('denied')),
      `${of('falselySeen')} of ${of('allow')}`,
      String(of('falselyDenied')),
      `${of('withEntry')} of ${of('block') + of('allow')}`,
    ];
  };
  const [over, others] = [true, false].map((is) =>
    rows.filter(({ category }) => OVER_MCP.has(category) === is),
  );
  const lines = [
    ...(over ?? []).map((row) => sum(row.category, [row])),
    sum('**over MCP**', over ?? []),
    ...(others ?? []).map((row) => sum(row.category, [row])),
    sum('**all**', rows),
  ];
  const head = [
    'category',
    'to block: seen',
    'denied',
    'to allow: seen',
    'denied',
    'in the ledger',
  ];
  const said = `\`spoor ledger verify\` afterwards: ${size} entries, ${verified ? 'in order' : 'NOT IN ORDER'}.`;
  return `${table(head, lines)}\n\n${said}`;
}

function leftOut(): string {
  const found = JSON.parse(readFileSync(join(ROOT, 'bench/subversion.json'), 'utf8'));
  const rows = (found as readonly LeftOut[]).map(
    ({ name, attacks, benign, at1, at5, requested }) => [
      name,
      String(attacks),
      String(benign),
      percent(at1),
      percent(at5),
      percent(requested),
    ],
  );
  const head = ['not shown', 'attacks', 'benign', 'in time at 1 %', 'in time at 5 %'];
  return table([...head, 'user-requested at 1 %'], rows);
}

const day = new Date().toISOString().slice(0, 10);
const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
const LEAVES = '## Traffic that leaves';

async function leaving(): Promise<string> {
  return `${LEAVES}

On ${day}: the cases of agent-egress-bench, each by an agent and a session of its own, over HTTP
through \`spoor gateway\` and a hub in \`enforce\`. *Seen*: a rule of any level fired; *denied*: one
denied a call. Spoor watches MCP. Other traffic is played as the call of a tool that would carry it
(a request as arguments of a tool that fetches, a page as its result), and what shows only on the
other protocol is not there to be seen.

${await egress()}
`;
}

async function recorded(): Promise<string> {
  return `# Recorded attacks

Written by \`node scripts/benchmarks.ts\` on ${day} (${machine}). Real trajectories of agents, by
others, played call by call through \`spoor replay --stdio\` with the shipped configuration; every
call is answered before its result is shown. *In time*: the score passed the threshold at the
first call that carries the attack out, or before. Thresholds are those that 1 % or 5 % of the
benign sessions pass; *shipped* is what the configuration alerts on, at high level and above.

Modes: \`full\` as recorded; \`plain\` with each injected text replaced by its bare goal, so that
wording is worth nothing; \`mask\` with that text removed, so there is nothing to find before the
call; \`blind\` with results hidden. The detector itself sees keyed prints in every mode and no
content: \`plain\` is what a hub with sealed content finds.

## Chains

The parameters of the score were learned from these very files, so this says what it knows, not
what it will find.

${await chains()}

## What was not shown

Each line: parameters learned without that suite, without one model after the other, or without
one eighth of the tasks after the other, and measured on what was left out; in \`plain\`.

${leftOut()}

## Chains that the user asked for

${await asked()}

## Tool definitions

${await tools()}

`;
}

const page = join(ROOT, 'docs/benchmarks.md');
const kept = (): string => readFileSync(page, 'utf8').split(LEAVES)[0]?.trimEnd() ?? '';
const first = process.argv.includes('--egress') ? `${kept()}\n\n` : await recorded();
writeFileSync(page, `${first}${await leaving()}`);
rmSync(scratch, { recursive: true });
