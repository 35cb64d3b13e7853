/**
 * What it costs to read a list of 100 tools: the first time, and again when nothing has changed.
 * Beside it the yardstick: reading and writing the same list as JSON. All in one run, in turns.
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { systemRandom } from '@spoor/core';
import { senseDefinitions } from '@spoor/detect/sense';
import { ownKeys } from '@spoor/edge';
import { quantile, type Report, timeOf } from './report.ts';

const TOOLS = 100;
const ROUNDS = 15;
const ROUND_MS = 20;
const WARM_UP_MS = 1_000;

const VERBS = ['get', 'list', 'create', 'update', 'send', 'search', 'delete', 'export'];
const THINGS = ['invoice', 'message', 'calendar event', 'customer record', 'file', 'branch'];
const USES = [
  'Use this when the user asks for a single one, and pass its id.',
  'Results come in pages of at most 50; pass the cursor of the page before to go on.',
  'Requires the scope of the workspace; returns an error if it does not exist.',
];
const ARGUMENTS = ['id', 'query', 'limit', 'recipient', 'content', 'since'];

const pick = (list: readonly string[], n: number): string => list[n % list.length] ?? '';

/** Definitions of the length that servers' own have: some 600 characters each. */
const LIST = Array.from({ length: TOOLS }, (_, n) => {
  const [verb, thing] = [pick(VERBS, n), pick(THINGS, n * 5 + 1)];
  const names = [0, 1, 2].map((k) => pick(ARGUMENTS, n + k));
  const properties = names.map((name) => [
    name,
    { type: 'string', description: `The ${name} of the ${thing}, as the workspace shows it.` },
  ]);
  return {
    name: `${verb}_${thing.replaceAll(' ', '_')}_${n}`,
    description: `${verb} a ${thing} of number ${n}. ${pick(USES, n)} ${pick(USES, n + 1)}`,
    inputSchema: { type: 'object', properties: Object.fromEntries(properties), required: names },
  };
});
const result = { tools: LIST };

export function definitions(): Report {
  const context = { project: true, random: systemRandom, nowMs: 0 };
  const keys = ownKeys();
  const work = {
    first: () => senseDefinitions(result, { ...context, keys: { ...keys } }),
    unchanged: () => senseDefinitions(result, { ...context, keys }),
    json: () => JSON.parse(JSON.stringify(result)) as unknown,
  };
  const names = Object.keys(work) as (keyof typeof work)[];
  const times = { first: [] as number[], unchanged: [] as number[], json: [] as number[] };
  for (const name of names) timeOf(work[name], WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) times[name].push(timeOf(work[name], ROUND_MS));
  }
  const took = (name: keyof typeof work): number => quantile(times[name], 0.5);
  return {
    name: 'definitions',
    unit: 'ms for 100 tools',
    figures: {
      first: took('first'),
      unchanged: took('unchanged'),
      json: took('json'),
      'first.ratio': took('first') / took('json'),
      'unchanged.ratio': took('unchanged') / took('json'),
    },
  };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(definitions(), null, 2)}\n`);
}
