import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Observation } from '@spoor/core';
import { compileRules, FIELDS, logRecord } from '@spoor/detect';
import fc from 'fast-check';
import { expect } from 'vitest';
import { filesIn, read } from '../repository.ts';
import { verifies } from '../verifies.ts';

/** Sigma's own implementation, and the backend of it that can be asked. */
const PACKAGES = ['pysigma==2.0.1', 'pysigma-backend-sqlite==2.1.1'];
const folder = join(homedir(), '.cache', 'spoor', 'pysigma-2.0.1');
const python = join(folder, 'bin', 'python');

/** Undefined where it is there; else why not. What was installed is kept between runs. */
function install(): string | undefined {
  if (spawnSync('python3', ['--version']).status !== 0) return 'SKIPPED: there is no python3';
  const works = (): boolean =>
    existsSync(python) && spawnSync(python, ['-c', 'import sigma.backends.sqlite']).status === 0;
  if (works()) return undefined;
  spawnSync('python3', ['-m', 'venv', folder]);
  const pip = spawnSync(python, ['-m', 'pip', 'install', '-q', ...PACKAGES], { encoding: 'utf8' });
  return works() ? undefined : `SKIPPED: pySigma cannot be installed: ${pip.stderr ?? pip.error}`;
}

interface Case {
  readonly rule: string;
  readonly records: readonly object[];
}

interface Verdict {
  /** Of all rules together. */
  readonly errors: readonly string[];
  /** Of each case, which records match. */
  readonly rows: readonly (readonly number[])[];
}

const numbers = FIELDS.filter(({ type }) => type === 'number').map(({ name }) => name);

function judge(rules: readonly string[], cases: readonly Case[]): Verdict {
  const run = spawnSync(python, [join(import.meta.dirname, 'pysigma', 'judge.py')], {
    input: JSON.stringify({ rules, cases, numbers }),
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  expect(run.stderr).toBe('');
  return JSON.parse(run.stdout) as Verdict;
}

const missing = install();

verifies(
  'sigma:outside',
  ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const texts = filesIn('rules')
      .filter((path) => path.endsWith('.yml'))
      .map(read);
    const { errors } = judge(texts, []);
    expect(errors).toEqual([]);
    expect(texts.length).toBeGreaterThan(0);
  },
  { case: 'every shipped rule is read', timeoutMs: 300_000 },
);

const word = fc.string({
  unit: fc.constantFrom('a', 'B', 'b', '1', '-', '/', '.', ' '),
  minLength: 1,
  maxLength: 4,
});
const wild = fc.string({
  unit: fc.constantFrom('a', 'b', 'B', '1', '-', '*', '?', '_', '%', '.'),
  minLength: 1,
  maxLength: 4,
});
const address = fc.constantFrom('10.1.2.3', '10.200.0.1', '172.16.0.9', '192.168.1.1');
const TEXTS = ['tool.name', 'server.name', 'identity.agent'] as const;

const member = (
  modifiers: readonly (readonly string[])[],
  value: fc.Arbitrary<unknown>,
  fields: readonly string[] = TEXTS,
): fc.Arbitrary<Record<string, unknown>> =>
  fc
    .record({
      field: fc.constantFrom(...fields),
      modifiers: fc.constantFrom(...modifiers),
      value: fc.oneof(value, fc.array(value, { minLength: 2, maxLength: 3 })),
      neq: fc.boolean(),
    })
    .map(({ field, modifiers, value, neq }) => ({
      [[field, ...modifiers, ...(neq ? ['neq'] : [])].join('|')]: value,
    }));

const only = (field: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> =>
  value.map((one) => ({ [field]: one }));

/** What the backend can say, and says as Sigma does. */
const selection = fc
  .array(
    fc.oneof(
      member([[], ['contains'], ['startswith'], ['endswith'], ['cased', 'contains']], word),
      member([[], ['contains'], ['startswith']], wild),
      member(
        [
          ['windash', 'contains'],
          ['windash', 'startswith'],
        ],
        fc.constantFrom(' -a', '/b', '-1'),
      ),
      member([['re'], ['re', 'i']], fc.constantFrom('a.b', '^a', '[ab]1$', '(a|-)b')),
      member(
        [
          ['base64offset', 'contains'],
          ['wide', 'base64offset', 'contains'],
        ],
        fc.constant('aB1'),
      ),
      member([['base64']], word),
      member([['cidr']], fc.constantFrom('10.0.0.0/8', '10.1.0.0/17', '192.168.0.0/16'), [
        'session',
      ]),
      only('error.type|exists', fc.boolean()),
      only('error.type', fc.constant(null)),
      only('tool.name|fieldref', fc.constantFrom('server.name', 'identity.agent')),
      fc
        .constantFrom('lt', 'lte', 'gt', 'gte')
        .chain((operator) => only(`request.bytes|${operator}`, fc.integer({ min: 0, max: 4 }))),
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map((members) => Object.assign({}, ...members) as Record<string, unknown>);

const CONDITIONS = ['s1', 's1 and not s2', '1 of s*', 'all of s* or t', 'not (s1 or t) and s2'];

const record = fc.record(
  {
    'tool.name': fc.oneof(
      word,
      word.map((text) => Buffer.from(`x${text}aB1`).toString('base64')),
    ),
    'server.name': word,
    'identity.agent': word,
    session: address,
    'error.type': word,
    'request.bytes': fc.integer({ min: 0, max: 4 }),
  },
  { requiredKeys: ['tool.name', 'server.name', 'identity.agent', 'session', 'request.bytes'] },
);

interface Record6 {
  readonly 'tool.name': string;
  readonly 'server.name': string;
  readonly 'identity.agent': string;
  readonly session: string;
  readonly 'error.type'?: string;
  readonly 'request.bytes': number;
}

const observationOf = (one: Record6): Observation =>
  ({
    server: { name: one['server.name'] },
    tool: { name: one['tool.name'], labels: [] },
    principal: { agent: one['identity.agent'] },
    session: { id: one.session, episode: 1 },
    errorType: one['error.type'],
    facts: { request: { bytes: one['request.bytes'] }, flows: [] },
  }) as unknown as Observation;

verifies(
  'sigma:outside',
  ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const drawn = fc.sample(
      fc.record({
        s1: selection,
        s2: selection,
        t: selection,
        condition: fc.constantFrom(...CONDITIONS),
        records: fc.array(record, { minLength: 12, maxLength: 12 }),
      }),
      { numRuns: 600, seed: 7 },
    );
    const cases = drawn.map(({ records, ...detection }) => {
      const rule = {
        title: 't',
        id: '00000000-0000-4000-8000-000000000001',
        description: 'd',
        level: 'low',
        logsource: { product: 'mcp' },
        detection,
      };
      return { rule: JSON.stringify(rule), records };
    });
    const ours = cases.map(({ rule, records }) => {
      const { rules, problems } = compileRules([{ path: 'x.yml', text: rule }]);
      expect(problems, rule).toEqual([]);
      const test = rules.predicates[0]?.test;
      return [...records.keys()].filter((row) => {
        const observation = observationOf(records[row] as Record6);
        return test?.({ observation, answer: (_, ask) => ask(observation) });
      });
    });
    const { rows } = judge([], cases);
    const differ = cases.flatMap(({ rule, records }, at) => {
      const same = JSON.stringify(rows[at]) === JSON.stringify(ours[at]);
      return same ? [] : [{ rule, records, theirs: rows[at], ours: ours[at] }];
    });
    expect(differ.slice(0, 3)).toEqual([]);
    const matched = ours.flat().length;
    expect(Math.min(matched, 12 * cases.length - matched)).toBeGreaterThan(1_000);
  },
  { case: 'matches and does not, as it does', timeoutMs: 300_000 },
);

/** Members whose value is one, which is what a row of a table can hold. */
const flat = FIELDS.filter(({ type }) => type !== 'strings').map(({ name }) => name);
const lists = FIELDS.filter(({ type }) => type === 'strings').map(({ name }) => name);
/** What is asked where the content is, and stands in no record. */
const CONTENT = ['request.text', 'result.text', 'definition.text'];
const isFlat = (rule: string): boolean =>
  !rule.includes('flow.') &&
  ![...CONTENT, ...lists].some((name) => rule.includes(`${name}:`) || rule.includes(`${name}|`));

verifies(
  'sigma:outside',
  ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const traces = filesIn('rules').filter((path) => path.endsWith('.jsonl'));
    const observations = traces.flatMap((path) =>
      read(path)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Observation),
    );
    const records = observations.map((one) => {
      const record = logRecord(one);
      return Object.fromEntries(flat.map((name) => [name, record[name] ?? null]));
    });
    const documents = filesIn('rules')
      .filter((path) => path.endsWith('.yml'))
      .flatMap((path) => read(path).split(/^---$/m))
      .filter((text) => !/^correlation:/m.test(text) && isFlat(text));
    const cases = documents.map((rule) => ({ rule, records }));
    const ours = documents.map((text) => {
      const { rules } = compileRules([{ path: 'x.yml', text: complete(text) }]);
      const test = rules.predicates[0]?.test;
      return [...observations.keys()].filter((row) => {
        const observation = observations[row] as Observation;
        return test?.({ observation, answer: (_, ask) => ask(observation) });
      });
    });
    const { rows } = judge([], cases);
    const differ = documents.flatMap((rule, at) => {
      const same = JSON.stringify(rows[at]) === JSON.stringify(ours[at]);
      return same ? [] : [{ rule, theirs: rows[at]?.slice(0, 9), ours: ours[at]?.slice(0, 9) }];
    });
    expect(differ).toEqual([]);
    expect(documents.length).toBeGreaterThan(0);
    expect(ours.flat().length).toBeGreaterThan(0);
  },
  { case: 'shipped detections on shipped traces', timeoutMs: 300_000 },
);

/** A step of a correlation as a rule of its own. */
const complete = (text: string): string =>
  `${text.trim()}\n${/^description:/m.test(text) ? '' : 'description: d\n'}${/^level:/m.test(text) ? '' : 'level: low\n'}`;
