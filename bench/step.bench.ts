/**
 * Cost of one rule step with many rules and many live sessions, and the state that a session takes,
 * beside the naive oracle of the tests. Prints JSON. `node --expose-gc bench/step.bench.ts`
 * measures memory; without the flag it is null.
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { CallId, CaseId, Label, Observation, SessionId } from '@spoor/core';
import { LABELS } from '@spoor/core';
import { compileRules, createDetector, type RuleSet } from '@spoor/detect';
import { Oracle } from '../packages/detect/test/support/oracle.ts';
import { Scenario, START_MS } from '../packages/detect/test/support/scenario.ts';
import type { Report } from './report.ts';

export interface StepFigures {
  readonly rules: number;
  readonly sessions: number;
  /** Share of observations that at least one rule looks at closely. */
  readonly profile: 'sparse' | 'dense';
  readonly observationsPerSecond: number;
  readonly microsecondsPerStep: number;
  readonly bytesPerSession: number | null;
  /** Of those that a rule has matched in; of the others nothing is remembered. */
  readonly bytesPerSessionWithState: number | null;
  readonly detections: number;
  readonly oracleMicrosecondsPerStep: number;
}

const TYPES = ['temporal_ordered', 'temporal', 'event_count', 'value_count'] as const;

/** Rules over pairs of labels, all four correlation types in turn. */
export function benchRules(count: number): RuleSet {
  const steps = LABELS.map((label, i) =>
    [
      `title: step ${label}\nid: ${uuid(i)}\nname: step-${label}\nlogsource: {product: mcp}`,
      `detection: {s: {kind: tool.call, tool.labels: ${label}}, condition: s}`,
    ].join('\n'),
  );
  const rules = Array.from({ length: count }, (_, i) => {
    const [a, b] = [LABELS[i % LABELS.length], LABELS[(i * 3 + 1) % LABELS.length]];
    const type = TYPES[i % TYPES.length];
    const names = type?.startsWith('temporal') ? `[step-${a}, step-${b}]` : `[step-${a}]`;
    const condition = { event_count: 'gte: 20', value_count: 'gte: 5, field: server.name' };
    const counts = type === 'event_count' || type === 'value_count' ? condition[type] : undefined;
    return [
      `title: rule ${i}\nid: ${uuid(1_000 + i)}\nname: rule-${i}\ndescription: d\nlevel: low`,
      `correlation: {type: ${type}, rules: ${names}, group-by: [session], timespan: ${10 + i}m${
        counts ? `, condition: {${counts}}` : ''
      }}`,
    ].join('\n');
  });
  const { rules: set, problems } = compileRules([
    { path: 'bench.yml', text: [...steps, ...rules].join('\n---\n') },
  ]);
  if (problems[0]) throw new Error(problems[0].message);
  return set;
}

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const [template] = new Scenario().add({ kind: 'tool.call' }).observations;

/**
 * The n-th observation: sessions take turns, one call in `every` has a label that rules ask for.
 */
function observation(n: number, sessions: number, every: number): Observation {
  if (!template) throw new Error('Impossible: the scenario has one observation');
  const session = n % sessions;
  const turn = Math.floor(n / sessions);
  const label = LABELS[(session + turn * 7) % LABELS.length];
  const labels: readonly Label[] = (session * 31 + turn) % every === 0 && label ? [label] : [];
  const atMs = START_MS + Math.floor(n / 100);
  return {
    ...template,
    id: `call-${n}` as CallId,
    seq: n + 1,
    time: { startMs: atMs, hubMs: atMs },
    server: { name: `server-${n % 7}`, transport: 'stdio' },
    tool: { name: 'tool', labels },
    session: { id: `session-${session}` as SessionId, episode: 1 },
  };
}

const heap = (): number | undefined => {
  globalThis.gc?.();
  return globalThis.gc ? process.memoryUsage().heapUsed : undefined;
};

export function benchStep(
  profile: 'sparse' | 'dense',
  ruleCount = 100,
  sessions: number = SESSIONS[profile],
): StepFigures {
  const rules = benchRules(ruleCount);
  const every = profile === 'sparse' ? 10 : 1;
  const policy = { mode: 'observe', rules: {}, servers: {} } as const;
  const detector = createDetector({ rules, policy, newCase: () => 'c-bench' as CaseId });
  const before = heap();
  for (let n = 0; n < sessions; n++) detector.step(observation(n, sessions, every));
  const after = heap();
  const { groups } = detector.stats();
  const total = Math.min(2 * sessions, STEPS_MAX);
  const batch = Array.from({ length: total }, (_, i) => observation(sessions + i, sessions, every));
  let detections = 0;
  const start = performance.now();
  for (const one of batch) detections += detector.step(one).detections.length;
  const tookMs = performance.now() - start;
  return {
    rules: ruleCount,
    sessions,
    profile,
    observationsPerSecond: Math.round((1000 * total) / tookMs),
    microsecondsPerStep: round((1000 * tookMs) / total),
    bytesPerSession: perOne(before, after, sessions),
    bytesPerSessionWithState: perOne(before, after, groups),
    detections,
    oracleMicrosecondsPerStep: benchOracle(rules, every),
  };
}

const perOne = (
  before: number | undefined,
  after: number | undefined,
  count: number,
): number | null =>
  before === undefined || after === undefined ? null : Math.round((after - before) / count);

/** The oracle keeps everything for ever, so it gets a stream that it can finish. */
function benchOracle(rules: RuleSet, every: number): number {
  const oracle = new Oracle(rules);
  const count = 1_000;
  const start = performance.now();
  for (let n = 0; n < count; n++) oracle.step(observation(n, 100, every));
  return round((1000 * (performance.now() - start)) / count);
}

const round = (value: number): number => Math.round(100 * value) / 100;

/** As many as are ready in memory before the clock starts. */
const STEPS_MAX = 1_000_000;
const SESSIONS = { sparse: 1_000_000, dense: 100_000 };

/** Both profiles as one report. */
export function step(): Report {
  const figures: Record<string, number> = {};
  for (const profile of ['sparse', 'dense'] as const) {
    const {
      observationsPerSecond,
      microsecondsPerStep,
      bytesPerSession,
      bytesPerSessionWithState,
      oracleMicrosecondsPerStep,
    } = benchStep(profile);
    Object.assign(figures, {
      [`${profile}.observationsPerSecond`]: observationsPerSecond,
      [`${profile}.microsecondsPerStep`]: microsecondsPerStep,
      [`${profile}.oracle.microsecondsPerStep`]: oracleMicrosecondsPerStep,
      [`${profile}.ratio`]:
        round(1_000 * (microsecondsPerStep / oracleMicrosecondsPerStep)) / 1_000,
      ...(bytesPerSession === null ? {} : { [`${profile}.bytesPerSession`]: bytesPerSession }),
      ...(bytesPerSessionWithState === null
        ? {}
        : { [`${profile}.bytesPerSessionWithState`]: bytesPerSessionWithState }),
    });
  }
  return { name: 'step', unit: '100 rules; 10^6 sessions sparse, 10^5 dense', figures };
}

function main(): void {
  for (const profile of ['sparse', 'dense'] as const) {
    process.stdout.write(`${JSON.stringify(benchStep(profile))}\n`);
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) main();
