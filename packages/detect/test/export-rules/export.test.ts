import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { verifies } from '../../../../test/verifies.ts';
import { EXPORT_TARGETS, exportRules } from '../../src/export-rules/export.ts';
import { pack } from '../support/pack.ts';

const PACK = pack.rules;
const IDS = PACK.rules.map(({ ref }) => ref.id);

const formsOf = (to: (typeof EXPORT_TARGETS)[number]): Record<string, string> =>
  Object.fromEntries(exportRules(PACK, to).rules.map(({ id, form }) => [id, form]));

verifies('rules:export', () => {
  for (const to of EXPORT_TARGETS) {
    const { text, rules } = exportRules(PACK, to);
    expect(rules.map(({ id }) => id)).toEqual(IDS);
    for (const { id, form, notes } of rules) {
      expect(text).toContain(id);
      // What is not decided there is said, with its reason, in the output itself.
      if (form === 'detected') expect(notes.join()).toMatch(/cannot be expressed: .+/);
      for (const note of notes) expect(text).toContain(note);
    }
  }
  expect(formsOf('sigma')).toMatchObject({
    'pii-through-code-to-share': 'own',
    'horizontal-movement': 'own',
    'denial-of-wallet': 'own',
    'server-asks-model': 'own',
    'data-access-then-egress': 'detected',
    'definition-drift': 'detected',
  });
  expect(formsOf('tempo')['horizontal-movement']).toBe('detected');
  expect(formsOf('honeycomb')['pii-through-code-to-share']).toBe('detected');
});

describe('Tempo', () => {
  const { groups } = parse(exportRules(PACK, 'tempo').text) as {
    readonly groups: readonly [{ readonly rules: readonly AlertRule[] }];
  };
  interface AlertRule {
    readonly uid: string;
    readonly condition: string;
    readonly data: readonly {
      readonly refId: string;
      readonly model: {
        readonly query?: string;
        readonly step?: string;
        readonly conditions?: readonly { readonly evaluator: { readonly params: number[] } }[];
      };
    }[];
    readonly labels: { readonly rule: string };
  }
  const ruleOf = (id: string): AlertRule | undefined =>
    groups[0].rules.find(({ labels }) => labels.rule === id);
  const queryOf = (id: string): string => ruleOf(id)?.data[0]?.model.query ?? '';

  test('counts spans of a group, within the rule’s timespan', () => {
    expect(queryOf('denial-of-wallet')).toBe(
      '{ (span.gen_ai.operation.name = "execute_tool" && span.tool.category = "costly") }' +
        ' | count_over_time() by (span.spoor.session.id)',
    );
    const rule = ruleOf('denial-of-wallet');
    expect(rule?.data[0]?.model.step).toBe('60s');
    expect(rule?.data[2]?.model.conditions?.[0]?.evaluator.params).toEqual([29]);
  });

  test('finds the steps of a chain in one trace', () => {
    expect(queryOf('pii-through-code-to-share')).toMatch(
      /^\{ .*reads-pii.* \} && \{ .*executes-code.* \} && \{ .*shares-externally" && !\(span\.spoor\.intent\.covers = "yes"\)\) \} \| count_over_time/,
    );
  });

  test('names each rule by an id that Grafana takes, and its condition by a part of it', () => {
    for (const { uid, condition, data } of groups[0].rules) {
      expect(uid).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
      expect(data.map(({ refId }) => refId)).toContain(condition);
    }
  });
});

test('Honeycomb: triggers within what its API takes', () => {
  const triggers = JSON.parse(exportRules(PACK, 'honeycomb').text) as readonly {
    readonly name: string;
    readonly description: string;
    readonly frequency: number;
    readonly threshold: object;
    readonly query: {
      readonly time_range: number;
      readonly calculations: readonly object[];
      readonly calculated_fields: readonly { readonly expression: string }[];
      readonly breakdowns: readonly string[];
    };
  }[];
  expect(triggers).toHaveLength(IDS.length);
  for (const { name, description, frequency, query } of triggers) {
    expect(name.length).toBeLessThanOrEqual(120);
    expect(description.length).toBeLessThanOrEqual(1_023);
    expect(frequency % 60).toBe(0);
    expect(query.time_range).toBeGreaterThanOrEqual(frequency);
    expect(query.time_range).toBeLessThanOrEqual(4 * frequency);
  }
  const moves = triggers.find(({ name }) => name.includes('many sensitive servers'));
  expect(moves?.threshold).toEqual({ op: '>=', value: 4 });
  expect(moves?.query).toMatchObject({
    calculations: [{ op: 'COUNT_DISTINCT', column: 'spoor.server.name' }],
    breakdowns: ['spoor.session.id'],
  });
  expect(moves?.query.calculated_fields[0]?.expression).toContain(
    'CONTAINS($"tool.category", `"reads-pii"`)',
  );
});

/** Source: Sigma specification 2.1, rules and correlation rules: what a document must have. */
function problemsOf(document: Readonly<Record<string, unknown>>, names: ReadonlySet<unknown>) {
  const { title, id, logsource, detection, correlation, level, status, tags = [] } = document;
  const selections = Object.keys((detection ?? {}) as object);
  const { rules = [], timespan, type } = (correlation ?? {}) as Record<string, unknown>;
  const isCorrelation = correlation !== undefined;
  const checks: Readonly<Record<string, boolean>> = {
    title: typeof title === 'string' && title.length <= 256,
    id: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(id)),
    level: ['informational', 'low', 'medium', 'high', 'critical'].includes(String(level)),
    status: ['stable', 'test', 'experimental'].includes(String(status)),
    tags: (tags as string[]).every((tag) => /^[a-z0-9_-]+\.[a-z0-9._-]+$/.test(tag)),
    either: isCorrelation !== (detection !== undefined && logsource !== undefined),
    condition: isCorrelation || selections.includes('condition'),
    selections: isCorrelation || selections.length > 1,
    type:
      !isCorrelation || ['event_count', 'value_count', 'temporal_ordered'].includes(String(type)),
    timespan: !isCorrelation || /^\d+[smhd]$/.test(String(timespan)),
    references: (rules as unknown[]).every((name) => names.has(name)),
    known: Object.keys(document).every((key) => SIGMA_KEYS.has(key)),
  };
  return Object.keys(checks).filter((name) => checks[name] !== true);
}

const SIGMA_KEYS: ReadonlySet<string> = new Set([
  ...['title', 'id', 'name', 'status', 'description', 'references', 'author', 'tags'],
  ...['logsource', 'detection', 'correlation', 'falsepositives', 'level'],
]);

verifies('rules:export-sigma', () => {
  const { text } = exportRules(PACK, 'sigma');
  const documents = parseAllDocuments(text, { version: '1.1' }).map(
    (document) => document.toJS() as Readonly<Record<string, unknown>>,
  );
  const names = new Set(documents.map(({ name }) => name));
  expect(documents.length).toBeGreaterThan(IDS.length);
  for (const document of documents)
    expect([document.name, problemsOf(document, names)]).toEqual([document.name, []]);
  // A reader of YAML 1.1 must not take it for true.
  expect(JSON.stringify(documents)).toContain('{"spoor.intent.covers":"yes"}');
});

const PYTHON = process.env.SPOOR_SIGMA_PYTHON ?? 'python3';
const VALIDATE = `
import sys
from sigma.collection import SigmaCollection
from sigma.validation import SigmaValidator
from sigma.validators.core import validators
rules = SigmaCollection.from_yaml(sys.stdin.read(), collect_errors=True)
errors = [str(e) for r in rules.rules for e in r.errors]
# These two look names up on the network.
offline = [v for n, v in validators.items() if n not in ('attacktag', 'd3_fendtag')]
issues = [str(i) for i in SigmaValidator(offline).validate_rules(rules)]
print(len(rules.rules), errors, issues)
`;

verifies(
  'rules:export-sigma',
  ({ skip }) => {
    const { error, status } = spawnSync(PYTHON, ['-c', 'import sigma.validators.core']);
    if (error !== undefined || status !== 0)
      skip(
        'SKIPPED: pySigma is not here (pip install pysigma; SPOOR_SIGMA_PYTHON names the Python)',
      );
    const { text } = exportRules(PACK, 'sigma');
    const input = { input: text, encoding: 'utf8' as const };
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', VALIDATE], input);
    expect(`${stdout}${stderr}`.trim()).toMatch(/^\d+ \[\] \[\]$/);
  },
  { case: 'pySigma', timeoutMs: 60_000 },
);
