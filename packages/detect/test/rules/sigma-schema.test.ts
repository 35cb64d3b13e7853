import { isObject } from '@spoor/core';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { filesIn, read } from '../../../../test/repository.ts';

/**
 * What SigmaHQ's JSON schemas of detection rules and of correlation rules ask for, in our words. Of
 * the latter two demands are left out, which contradict the specification: a condition of temporal
 * rules, and the `field` of a value beside its condition instead of in it.
 */
type Check = (value: unknown) => boolean;

const text =
  (max = 65_535): Check =>
  (value) =>
    typeof value === 'string' && value.length <= max;
const like =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const one =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const list =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(item) && new Set(value).size === value.length;
const either =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const map: Check = (value) => isObject(value) && !Array.isArray(value);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE = /^\d{4}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])$/;
const words = either(like(/^.{2,}$/s), list(like(/^.{2,}$/s)));

const HEAD: Readonly<Record<string, Check>> = {
  title: text(256),
  id: like(UUID),
  name: text(256),
  status: one('stable', 'test', 'experimental', 'deprecated', 'unsupported'),
  description: text(),
  license: text(),
  author: text(),
  references: list(text()),
  date: like(DATE),
  modified: like(DATE),
  falsepositives: words,
  level: one('informational', 'low', 'medium', 'high', 'critical'),
  tags: list(like(/^[a-z0-9_-]+\.[a-z0-9._-]+$/)),
  fields: list(text()),
  scope: list(like(/^.{2,}$/s)),
  generate: one(true, false),
};

const LOGSOURCE = { category: text(), product: text(), service: text(), definition: text() };

const CORRELATION: Readonly<Record<string, Check>> = {
  type: one('event_count', 'value_count', 'temporal', 'temporal_ordered'),
  rules: list(like(/^.{2,}$/)),
  aliases: map,
  'group-by': list(text()),
  timespan: text(10),
  condition: map,
};

const selection = either(
  map,
  (value) => Array.isArray(value) && value.every(either(text(), Number.isInteger, map)),
);

const faults = (what: string, found: unknown, checks: Readonly<Record<string, Check>>): string[] =>
  Object.entries(isObject(found) ? found : {}).flatMap(([key, value]) =>
    checks[key]?.(value) === false ? [`${what}${key}: ${JSON.stringify(value)}`] : [],
  );

function missing(what: string, found: unknown, keys: readonly string[]): string[] {
  const has = isObject(found) ? found : {};
  return keys.filter((key) => has[key] === undefined).map((key) => `${what}${key} is missing`);
}

function check(document: unknown): readonly string[] {
  const rule = isObject(document) ? document : {};
  const head = [...missing('', rule, ['title']), ...faults('', rule, HEAD)];
  if (rule.correlation !== undefined)
    return [
      ...head,
      ...missing('correlation.', rule.correlation, ['type', 'rules', 'timespan', 'group-by']),
      ...faults('correlation.', rule.correlation, CORRELATION),
    ];
  const { condition, ...selections } = isObject(rule.detection) ? rule.detection : {};
  const wrong = Object.entries(selections).filter(([, value]) => !selection(value));
  return [
    ...head,
    ...missing('', rule, ['logsource', 'detection']),
    ...faults('logsource.', rule.logsource, LOGSOURCE),
    ...(text()(condition) ? [] : ['detection.condition is no text']),
    ...wrong.map(([name]) => `detection.${name} is no selection`),
  ];
}

const documents = filesIn('rules')
  .filter((path) => path.endsWith('.yml'))
  .flatMap((path) => parseAllDocuments(read(path)).map((one) => [path, one.toJS()] as const));

describe("SigmaHQ's JSON schemas", () => {
  it('have nothing against the shipped rules', () => {
    expect(documents.length).toBeGreaterThan(10);
    expect(documents.flatMap(([path, one]) => check(one).map((why) => `${path}: ${why}`))).toEqual(
      [],
    );
  });

  it('would find what is wrong', () => {
    const [, good] = documents[0] ?? [];
    const broken = [
      { ...good, title: 'x'.repeat(257) },
      { ...good, id: '5' },
      { ...good, tags: ['No Tag'] },
      { ...good, date: '2026/01/02' },
      { ...good, detection: undefined, correlation: undefined },
      { ...good, detection: { s: 'word', condition: 's' }, correlation: undefined },
      { title: 't', correlation: { type: 'sometimes', rules: ['aa'], timespan: '5m' } },
    ];
    for (const one of broken) expect(check(one), JSON.stringify(one)).not.toEqual([]);
  });
});
