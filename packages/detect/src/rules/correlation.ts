import { LIMITS, nearest, type Observation } from '@spoor/core';
import { isMap, isScalar, type YAMLMap } from 'yaml';
import { FIELD_NAMES, type Field, type FieldValue, findField } from '../schema.ts';
import { checkKeys, mapAt, oneOf, RuleFault, textAt, textsAt } from './document.ts';
import type { CorrelationType, GroupField, RuleBody } from './types.ts';

const TYPES: readonly CorrelationType[] = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
];

/** `context` is ours: rules whose newest matches join the evidence of a chain. */
const KEYS: readonly string[] = [
  'type',
  'rules',
  'group-by',
  'timespan',
  'condition',
  'aliases',
  'context',
];

/** Finds the predicate that a correlation names, by `name` or `id`. */
export type FindPredicate = (name: string) => number | undefined;

export function readCorrelation(correlation: YAMLMap, find: FindPredicate): RuleBody {
  checkKeys(correlation, KEYS);
  const type = oneOf(correlation, 'type', TYPES);
  const resolve = (key: string): readonly number[] =>
    textsAt(correlation, key).map((name) => {
      const index = find(name);
      if (index !== undefined) return index;
      const node = correlation.get(key, true);
      throw new RuleFault('unknown-rule', node, `no detection document is called “${name}”`);
    });
  const predicates = resolve('rules');
  const least = type === 'temporal' || type === 'temporal_ordered' ? 2 : 1;
  if (predicates.length < least || predicates.length > LIMITS.ruleStepsMax) {
    const range = `${least} to ${LIMITS.ruleStepsMax}`;
    throw new RuleFault(
      'bad-value',
      correlation.get('rules', true) ?? correlation,
      `“rules” names ${range} rules`,
    );
  }
  const body = {
    type,
    predicates,
    context: resolve('context'),
    group: readGroup(correlation, find),
    spanMs: readTimespan(correlation),
  };
  if (least === 2)
    return { ...body, enough: (count) => count >= predicates.length, keep: predicates.length };
  return { ...body, ...readThreshold(correlation, type === 'value_count') };
}

function readGroup(correlation: YAMLMap, find: FindPredicate): readonly GroupField[] {
  const names = textsAt(correlation, 'group-by');
  if (names.length === 0) {
    throw new RuleFault(
      'missing',
      correlation,
      '“group-by” says what belongs together, such as session',
    );
  }
  const aliases = correlation.has('aliases') ? mapAt(correlation, 'aliases') : undefined;
  return names.map((name) => {
    const alias: unknown = aliases?.get(name, true);
    if (isMap(alias)) return readAlias(name, alias, find);
    const field = scalarField(name, correlation.get('group-by', true));
    return { name, isAlias: false, get: (observation) => scalar(field.get(observation)) };
  });
}

function readAlias(name: string, alias: YAMLMap, find: FindPredicate): GroupField {
  const fields = new Map<number, Field<Observation>>();
  for (const { key, value } of alias.items) {
    const rule = isScalar(key) ? String(key.value) : '';
    const predicate = find(rule);
    if (predicate === undefined) {
      throw new RuleFault('unknown-rule', key, `no detection document is called “${rule}”`);
    }
    fields.set(predicate, scalarField(isScalar(value) ? String(value.value) : '', value));
  }
  return {
    name,
    isAlias: true,
    get: (observation, predicate) => scalar(fields.get(predicate)?.get(observation)),
  };
}

function scalarField(name: string, node: unknown): Field<Observation> {
  const field = findField(name);
  if (field && field.type !== 'strings') return field;
  const near = nearest(name, FIELD_NAMES);
  const message = field
    ? `“${name}” has several values and cannot group`
    : `unknown field “${name}”; did you mean “${near}”?`;
  throw new RuleFault('unknown-field', node, message);
}

const scalar = (value: FieldValue): string | undefined =>
  value === undefined ? undefined : String(value);

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function readTimespan(correlation: YAMLMap): number {
  const text = textAt(correlation, 'timespan');
  const node = correlation.get('timespan', true);
  const parts = /^(\d{1,6})([smhd])$/.exec(text);
  const spanMs = Number(parts?.[1]) * (UNITS_MS[parts?.[2] ?? ''] ?? Number.NaN);
  if (Number.isNaN(spanMs) || spanMs === 0) {
    throw new RuleFault('bad-value', node, '“timespan” is a number and s, m, h or d: 30m');
  }
  if (spanMs <= LIMITS.ruleTimespanMaxMs) return spanMs;
  throw new RuleFault('unbounded', node, 'no rule remembers longer than a day');
}

interface Threshold {
  readonly enough: (count: number) => boolean;
  readonly keep: number;
  readonly value?: (observation: Observation) => string | undefined;
  readonly valueField?: string;
}

function readThreshold(correlation: YAMLMap, values: boolean): Threshold {
  const condition = mapAt(correlation, 'condition');
  checkKeys(condition, values ? ['gt', 'gte', 'eq', 'field'] : ['gt', 'gte', 'eq']);
  const [operator = '', limit = Number.NaN] = comparison(condition);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RuleFault(
      'bad-value',
      condition,
      '“condition” needs gt, gte or eq with a whole number from 1',
    );
  }
  const keep = operator === 'gt' ? limit + 1 : limit;
  if (keep > LIMITS.ruleWindowMax) {
    throw new RuleFault(
      'unbounded',
      condition,
      `no rule counts further than ${LIMITS.ruleWindowMax}`,
    );
  }
  const enough = (count: number): boolean => count >= keep;
  if (!values) return { enough, keep };
  const field = scalarField(textAt(condition, 'field'), condition.get('field', true));
  const value = (observation: Observation): string | undefined => scalar(field.get(observation));
  return { enough, keep, value, valueField: field.name };
}

/**
 * A count passes every number on its way up, so reaching `eq` is the same moment as reaching `gte`.
 */
function comparison(condition: YAMLMap): readonly [string?, number?] {
  for (const operator of ['gt', 'gte', 'eq']) {
    const value: unknown = condition.get(operator);
    if (typeof value === 'number') return [operator, value];
  }
  return [];
}
