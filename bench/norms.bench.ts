/**
 * What baselines and budgets add to one step, beside the same step without them in the same run.
 * Prints JSON.
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { CallId, CaseId, Observation } from '@spoor/core';
import { createDetector, Norms, parseBudgets } from '@spoor/detect';
import { Scenario, START_MS } from '../packages/detect/test/support/scenario.ts';
import type { Report } from './report.ts';
import { benchRules } from './step.bench.ts';

const CALLS = 50_000;
const ROUNDS = 5;
const RULES = 100;

const BUDGETS = parseBudgets(
  `
costs:
  - { tool: "tool-1*", call: 5, usage: { output_tokens: 0.01 } }
  - { tool: "*", call: 1 }
budgets:
  - { name: daily, of: [principal], window: 1d, limit: 1000000000 }
  - { name: chat, of: [session], limit: 1000000000 }
  - { name: tools, of: [tool], limit: 1000000000 }
`,
  'bench.yml',
);

const PATHS = ['to', 'subject', 'body', 'options', 'options.limit', 'options.order'].map((path) => {
  return { path, type: 'string', bytes: 20 } as const;
});

/** Calls that are asked for and end: fifty tools, a thousand sessions. */
function stream(): readonly Observation[] {
  const [template] = new Scenario().call(
    'mail',
    { name: 'tool' },
    { to: 'ann@acme.example' },
  ).observations;
  if (template?.facts.request === undefined)
    throw new Error('Impossible: the scenario has a call with arguments');
  const { request } = template.facts;
  return Array.from({ length: CALLS }, (_, n) => n).flatMap((n) => {
    const destinations = [String(n % 20).padStart(16, '0')];
    const atMs = START_MS + n * 10;
    const asked: Observation = {
      ...template,
      id: `call-${n}` as CallId,
      seq: 2 * n + 1,
      time: { startMs: atMs, hubMs: atMs },
      tool: { name: `tool-${n % 50}`, labels: [] },
      session: { id: `s-${n % 1_000}` as Observation['session']['id'], episode: 1 },
      facts: { request: { ...request, paths: PATHS, destinations, atoms: [] }, flows: [] },
    };
    const result = { ...request, atoms: [], usage: { output_tokens: 100 } };
    const facts = { ...asked.facts, result };
    return [asked, { ...asked, seq: 2 * n + 2, outcome: 'ok' as const, facts }];
  });
}

/** Microseconds of one step. */
function timed(observations: readonly Observation[], norms: Norms | undefined): number {
  const detector = createDetector({
    rules: benchRules(RULES),
    policy: { mode: 'observe', rules: {}, servers: {} },
    newCase: () => 'c-bench' as CaseId,
    ...(norms && { norms }),
  });
  const start = performance.now();
  for (const one of observations) detector.step(one);
  return (1_000 * (performance.now() - start)) / observations.length;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export function norms(): Report {
  const observations = stream();
  const learning = { lockThemselves: false, calls: 1, spanMs: 0 };
  const locking = { lockThemselves: true, calls: 100, spanMs: 0 };
  const made = {
    without: () => undefined,
    learning: () => new Norms(learning),
    locked: () => new Norms(locking),
    budgets: () => new Norms(locking, BUDGETS),
  };
  const took = new Map(Object.keys(made).map((name) => [name, [] as number[]]));
  // In turn, so that a busy moment hits all alike; the first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, make] of Object.entries(made)) {
      const micros = timed(observations, make());
      if (round > 0) took.get(name)?.push(micros);
    }
  }
  const [without, ...others] = [...took].map(([name, values]) => [name, median(values)] as const);
  const base = without?.[1] ?? Number.NaN;
  return {
    name: 'norms',
    unit: 'µs a step',
    figures: {
      without: base,
      ...Object.fromEntries(others.map(([name, micros]) => [`${name}.added`, micros - base])),
    },
  };
}

if (argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${JSON.stringify(norms(), null, 2)}\n`);
