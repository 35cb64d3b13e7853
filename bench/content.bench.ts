/**
 * What it costs to ask a thousand expressions of one content, beside two yardsticks in the same
 * run: each expression by itself, and, where SPOOR_YARDSTICKS names a `node_modules` folder that
 * has `agent-threat-rules`, that engine with its own rules, of which as many are asked here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, env } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { askedBy, compileRules, contentMatcher, importRules, type RuleFile } from '@spoor/detect';
import { compileRegex } from '../packages/detect/src/rules/text-form.ts';
import { textOf } from './examine.bench.ts';
import { quantile, type Report, timeOf } from './report.ts';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const ROUNDS = 11;
const ROUND_MS = 10;
const PATTERNS = 1_000;
/** Of Agent Threat Rules, as many as its own engine has of what stands in the goal. */
const ATR_PATTERNS = 800;

const VERBS = 'ignore disregard forget override bypass reveal print send upload export'.split(' ');
const WHAT = 'previous prior earlier system hidden internal secret original safety user'.split(' ');
const THINGS = 'instructions rules prompts keys files tokens messages records logs plans'.split(
  ' ',
);

/** As rules look for phrases: alternatives, gaps, word boundaries. */
function patternOf(n: number): string {
  const [a, b, c] = [n % 10, Math.floor(n / 10) % 10, Math.floor(n / 100) % 10];
  const verbs = `${VERBS[a]}|${VERBS[(a + b + 1) % 10]}`;
  const end = n % 3 === 0 ? `.{0,40}\\b${WHAT[(b + 5) % 10]}\\b` : '';
  return `(?i)\\b(?:${verbs})\\s+(?:all\\s+|the\\s+)*${WHAT[b]}\\s+${THINGS[c]}${end}`;
}

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const ruleOf = (pattern: string, n: number): string => `title: t
id: ${uuid(n)}
name: r${n}
description: d
level: low
logsource: { product: mcp }
detection: { s: { request.text|re: ${JSON.stringify(pattern)} }, condition: s }
`;

function askedOf(patterns: readonly string[]): ReturnType<typeof askedBy> {
  const files = patterns.map((one, n) => ({ path: `${n}.yml`, text: ruleOf(one, n) }));
  const { rules, problems } = compileRules(files);
  if (problems[0]) throw new Error(problems[0].message);
  return askedBy(rules.content);
}

/** Milliseconds, the median of rounds. */
function median(work: () => unknown): number {
  timeOf(work, 5 * ROUND_MS);
  return quantile(
    Array.from({ length: ROUNDS }, () => timeOf(work, ROUND_MS)),
    0.5,
  );
}

const kb = (bytes: number): string => `${bytes / 1_000}KB`;

function ours(): Record<string, number> {
  const patterns = Array.from({ length: PATTERNS }, (_, n) => patternOf(n));
  const matches = contentMatcher(askedOf(patterns));
  const compiled = patterns.map((one) => compileRegex(one, ''));
  const figures: Record<string, number> = {};
  for (const bytes of SIZES) {
    const text = textOf('prose', bytes);
    const spoor = median(() => matches.match('request', text));
    figures[`${kb(bytes)}.spoor`] = spoor;
    if (bytes > 10_000) continue;
    const naive = median(() => compiled.filter((one) => one.test(text)));
    figures[`${kb(bytes)}.each`] = naive;
    figures[`${kb(bytes)}.ratio`] = spoor / naive;
  }
  const [small = 0, large = 0] = [figures['10KB.spoor'], figures['1000KB.spoor']];
  figures['linear.ratio'] = large / (100 * small);
  return figures;
}

interface Engine {
  loadRules(): Promise<number>;
  evaluate(event: object): unknown;
}

/** Nothing where the yardstick is not there. */
async function theirs(): Promise<Record<string, number>> {
  if (env.SPOOR_YARDSTICKS === undefined) return {};
  const folder = join(env.SPOOR_YARDSTICKS, 'agent-threat-rules');
  const { ATREngine } = (await import(pathToFileURL(join(folder, 'dist/index.js')).href)) as {
    ATREngine: new (config: object) => Engine;
  };
  const engine = new ATREngine({ rulesDir: join(folder, 'rules') });
  await engine.loadRules();
  const all = formsIn(join(folder, 'rules'));
  const some = askedOf(all.filter((_, n) => n % Math.floor(all.length / ATR_PATTERNS) === 0));
  const [every, part] = [contentMatcher(askedOf(all)), contentMatcher(some)];
  const figures: Record<string, number> = { 'atr.patterns.all': all.length };
  figures['atr.patterns'] = some?.asks.length ?? 0;
  for (const bytes of SIZES.slice(0, 2)) {
    const text = textOf('prose', bytes);
    const event = { type: 'tool_call', timestamp: '2026-01-01T00:00:00Z', content: text };
    figures[`atr.${kb(bytes)}.spoor`] = median(() => part.match('request', text));
    figures[`atr.${kb(bytes)}.spoor.all`] = median(() => every.match('request', text));
    figures[`atr.${kb(bytes)}.agent-threat-rules`] = median(() => engine.evaluate(event));
  }
  // What is written about the same matters has many of the words that rules look for.
  const page = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8');
  figures['atr.10KB.page.spoor'] = median(() => part.match('request', page.slice(0, 10_000)));
  figures['atr.10KB.page.spoor.all'] = median(() => every.match('request', page.slice(0, 10_000)));
  return figures;
}

/** All expressions of the rules in a folder, once imported. */
function formsIn(folder: string): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = paths
    .filter((path) => path.endsWith('.yaml'))
    .map((path): RuleFile => {
      return { path, text: readFileSync(join(folder, path), 'utf8') };
    });
  const imported = importRules('atr', files).files.filter(({ path }) => path.endsWith('.yml'));
  const asked = askedBy(compileRules(imported).rules.content);
  const forms = asked?.asks.flatMap((ask) => ask.forms) ?? [];
  return forms.flatMap((form) => (form.kind === 'regex' ? [`(?i)${form.source}`] : []));
}

export async function content(): Promise<Report> {
  return { name: 'content', unit: 'ms', figures: { ...ours(), ...(await theirs()) } };
}

if (argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${JSON.stringify(await content(), null, 2)}\n`);
