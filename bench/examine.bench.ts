/**
 * What it costs to examine one content, beside the yardstick: reading and writing the same content
 * as JSON. Three kinds of text as tools return them, in four sizes, all in one run and in turns.
 */
import { hash } from 'node:crypto';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { SipKey } from '@spoor/core';
import { examine as examineContent } from '@spoor/detect';
import { readPassages } from '../packages/detect/src/passages/read.ts';
import { quantile, type Report, timeOf } from './report.ts';

const SIZES = [100, 1_000, 10_000, 100_000];
const ROUNDS = 15;
/** Long enough that the clock's grain does not show. */
const ROUND_MS = 4;
const WARM_UP_MS = 400;
const KEY: SipKey = [1, 2, 3, 4];
const digest = (text: string): string => hash('sha256', text).slice(0, 32);

const REGIONS = ['north', 'south', 'east', 'west'];
const SUBJECTS = ['The harbour', 'Every report', 'A new valve', 'Our tenant', 'The second draft'];
const VERBS = ['was checked against', 'explains', 'comes before', 'differs from', 'replaced'];
const OBJECTS = ['the weekly plan', 'what the crew wrote', 'an older figure of 4,120 tonnes'];

/** No two lines are equal: equal lines have one fingerprint, which would flatter the figures. */
const LINES = {
  prose: (n: number) =>
    `${pick(SUBJECTS, n)} ${pick(VERBS, n * 7 + 1)} ${pick(OBJECTS, n * 3 + 2)} in week ${n}. `,
  rows: (n: number) =>
    `{"id":${1000 + n},"name":"Quayside ${n}","region":"${pick(REGIONS, n)}","due":"2026-0${1 + (n % 9)}-11","open":${n % 2 === 0}},`,
  code: (n: number) =>
    `export function step${n}(input: readonly number[]): number {\n  return input.reduce((sum, x) => sum + x * ${n}, 0);\n}\n`,
} as const;
type Kind = keyof typeof LINES;
const KINDS: readonly Kind[] = ['prose', 'rows', 'code'];

const pick = (list: readonly string[], n: number): string => list[n % list.length] ?? '';

/** Text of about so many bytes; rows stay valid JSON. */
export function textOf(kind: Kind, bytes: number): string {
  const lines: string[] = [];
  for (let length = 0; length < bytes; length += lines.at(-1)?.length ?? 1) {
    lines.push(LINES[kind](lines.length));
  }
  const text = lines.join('');
  return kind === 'rows' ? `[${text.slice(0, -1)}]` : text.slice(0, bytes);
}

const resultOf = (text: string): unknown => ({ content: [{ type: 'text', text }] });

/** Microseconds of one run of `work`, over about `ms`. */
const time = (work: () => unknown, ms: number): number => 1000 * timeOf(work, ms);

function measure(kind: Kind, bytes: number): Record<string, number> {
  const content = resultOf(textOf(kind, bytes));
  const length = JSON.stringify(content).length;
  const read = (): unknown => examineContent(content, length, { key: KEY, digest, role: 'result' });
  const copy = (): unknown => JSON.parse(JSON.stringify(content));
  const times = { read: [] as number[], copy: [] as number[] };
  time(read, WARM_UP_MS);
  time(copy, WARM_UP_MS / 4);
  for (let round = 0; round < ROUNDS; round++) {
    times.read.push(time(read, ROUND_MS));
    times.copy.push(time(copy, ROUND_MS));
  }
  const [took, yardstick] = [quantile(times.read, 0.5), quantile(times.copy, 0.5)];
  return {
    [`${kind}.${bytes}B`]: took,
    [`${kind}.${bytes}B.json`]: yardstick,
    [`${kind}.${bytes}B.ratio`]: took / yardstick,
  };
}

const NOTHING = { atoms: [], inner: [], values: [] };

/** Prints of passages, of a result and of an argument, against examining the same. */
function measurePassages(kind: Kind, bytes: number): Record<string, number> {
  const content = resultOf(textOf(kind, bytes));
  const args = { to: 'someone', body: textOf(kind, bytes) };
  const examined = (): unknown =>
    examineContent(content, bytes, { key: KEY, digest, role: 'result' });
  const runs = {
    result: (): unknown => readPassages(KEY, content, 'result', NOTHING),
    arguments: (): unknown => readPassages(KEY, args, 'arguments', NOTHING),
  };
  time(examined, WARM_UP_MS / 4);
  const figures: Record<string, number> = {};
  for (const [role, run] of Object.entries(runs)) {
    const times = { run: [] as number[], yardstick: [] as number[] };
    time(run, WARM_UP_MS / 4);
    for (let round = 0; round < ROUNDS; round++) {
      times.run.push(time(run, ROUND_MS));
      times.yardstick.push(time(examined, ROUND_MS));
    }
    const name = `passages.${role}.${kind}.${bytes}B`;
    figures[name] = quantile(times.run, 0.5);
    figures[`${name}.ratio`] = quantile(times.run, 0.5) / quantile(times.yardstick, 0.5);
  }
  return figures;
}

export function examine(): Report {
  const figures: Record<string, number> = {};
  for (const kind of KINDS) {
    for (const bytes of SIZES) Object.assign(figures, measure(kind, bytes));
    for (const bytes of [1_000, 10_000]) Object.assign(figures, measurePassages(kind, bytes));
  }
  return { name: 'examine', unit: 'µs', figures };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(examine(), null, 2)}\n`);
}
