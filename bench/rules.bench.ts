/**
 * Cost of one observation with 10, 100 and 1,000 rules, each about a tool or a server of its own,
 * as a team that writes rules for what it runs has them. Beside it `json-rules-engine` with as many
 * rules. Prints JSON.
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { CallId, CaseId, Observation } from '@spoor/core';
import { compileRules, createDetector, type RuleSet } from '@spoor/detect';
import { Engine } from 'json-rules-engine';
import { Scenario } from '../packages/detect/test/support/scenario.ts';
import type { Report } from './report.ts';

const COUNTS = [10, 100, 1_000] as const;
/** Tools that are called: with 1,000 rules a tenth of the calls meets one that matches. */
const NAMES = 10_000;
const OBSERVATIONS = 100_000;

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** In turn: a tool that sends much, one that fails often, a server that asks, a text in a name. */
const DETECTIONS: readonly ((n: number) => string)[] = [
  (n) => `{s: {kind: tool.call, tool.name: tool-${n}, request.bytes|gt: 900}, condition: s}`,
  (n) => `{s: {tool.name: [tool-${n}, other-${n}]}, f: {outcome: ok}, condition: s and not f}`,
  (n) => `{s: {server.name: server-${n}, outcome: ok}, condition: s}`,
  (n) => `{s: {tool.name: tool-${n}, identity.agent|startswith: agent}, condition: s}`,
];

function rulesOf(count: number): RuleSet {
  const documents = Array.from({ length: count }, (_, n) => {
    const detection = DETECTIONS[n % DETECTIONS.length]?.(n);
    const step = n % 10 === 9;
    const head = `title: r${n}\nid: ${uuid(n)}\nname: r${n}\ndescription: d\nlevel: low`;
    const rule = `${head}\nlogsource: {product: mcp}\ndetection: ${detection}\n`;
    if (!step) return rule;
    const counts = 'group-by: [session], timespan: 5m, condition: {gte: 3}';
    const more = `title: c${n}\nid: ${uuid(10_000 + n)}\nname: c${n}\ndescription: d\nlevel: low`;
    return `${rule}---\n${more}\ncorrelation: {type: event_count, rules: [r${n}], ${counts}}\n`;
  });
  const { rules, problems } = compileRules([{ path: 'x.yml', text: documents.join('---\n') }]);
  if (problems[0]) throw new Error(problems[0].message);
  return rules;
}

const [template] = new Scenario().add({ kind: 'tool.call' }).observations;

function observation(n: number): Observation {
  if (!template) throw new Error('Impossible: the scenario has one observation');
  const name = (n * 7_919) % NAMES;
  const request = { bytes: n % 1_000, classes: [], paths: [], atoms: [] };
  return {
    ...template,
    id: `call-${n}` as CallId,
    seq: n + 1,
    time: { startMs: n, hubMs: 1_800_000_000_000 + n },
    server: { name: `server-${name}`, transport: 'stdio' },
    tool: { name: `tool-${name}`, labels: [] },
    principal: { ...template.principal, agent: 'agent' },
    facts: { request, flows: [] } as unknown as Observation['facts'],
  };
}

/** Microseconds of one observation. */
function spoor(count: number): number {
  const policy = { mode: 'observe', rules: {}, servers: {} } as const;
  const rules = rulesOf(count);
  const detector = createDetector({ rules, policy, newCase: () => 'c-bench' as CaseId });
  const batch = Array.from({ length: 2 * OBSERVATIONS }, (_, n) => observation(n));
  for (const one of batch.slice(0, OBSERVATIONS)) detector.step(one);
  const start = performance.now();
  for (const one of batch.slice(OBSERVATIONS)) detector.step(one);
  return micros(performance.now() - start, OBSERVATIONS);
}

const micros = (ms: number, count: number): number => Math.round((100_000 * ms) / count) / 100;

async function jsonRulesEngine(count: number): Promise<number> {
  const engine = new Engine();
  for (let n = 0; n < count; n++) {
    const all = [
      { fact: 'tool', operator: 'equal', value: `tool-${n}` },
      { fact: 'bytes', operator: 'greaterThan', value: 900 },
    ];
    engine.addRule({ conditions: { all }, event: { type: `r${n}` } });
  }
  const runs = Math.max(20, Math.round(20_000 / count));
  const factsOf = (n: number): Record<string, unknown> => ({
    tool: `tool-${(n * 7_919) % NAMES}`,
    bytes: n % 1_000,
  });
  for (let n = 0; n < 20; n++) await engine.run(factsOf(n));
  const start = performance.now();
  for (let n = 0; n < runs; n++) await engine.run(factsOf(n));
  return micros(performance.now() - start, runs);
}

export async function rules(): Promise<Report> {
  const figures: Record<string, number> = {};
  for (const count of COUNTS) {
    // The first run warms up; of the others the one that was disturbed least.
    const runs = Array.from({ length: 4 }, () => spoor(count)).slice(1);
    figures[`${count}.spoor`] = Math.min(...runs);
    figures[`${count}.json-rules-engine`] = await jsonRulesEngine(count);
  }
  const ratio = (figures['100.spoor'] ?? 0) / (figures['100.json-rules-engine'] ?? 1);
  figures['100.ratio'] = Math.round(10_000 * ratio) / 10_000;
  const grown = (figures['1000.spoor'] ?? 0) / (figures['10.spoor'] ?? 1);
  figures['growth.10to1000'] = Math.round(100 * grown) / 100;
  return { name: 'rules', unit: 'µs per observation', figures };
}

if (argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${JSON.stringify(await rules(), null, 2)}\n`);
