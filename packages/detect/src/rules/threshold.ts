import { LIMITS, type Observation } from '@spoor/core';
import { isScalar, isSeq, type YAMLMap } from 'yaml';
import { checkKeys, mapAt, RuleFault } from './document.ts';
import { scalar, scalarField } from './group.ts';
import type { Counting, CountType } from './types.ts';

/** What the number of matches, or what is measured of their values, must be. */
type Condition = (measure: number) => boolean;

const NAMES = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;
type Operator = (typeof NAMES)[number];

const OPERATORS: Readonly<Record<Operator, (a: number, b: number) => boolean>> = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  eq: (a, b) => a === b,
  neq: (a, b) => a !== b,
};

interface Bound {
  readonly operator: Operator;
  readonly limit: number;
}

/** The `condition` of a rule that counts or measures. */
export function readCounting(correlation: YAMLMap, type: CountType): Counting {
  const condition = mapAt(correlation, 'condition');
  checkKeys(condition, [
    ...NAMES,
    ...(type === 'event_count' ? [] : ['field']),
    ...(type === 'value_percentile' ? ['percentile'] : []),
  ]);
  const bounds = readBounds(condition);
  const isMet: Condition = (measure) =>
    bounds.every(({ operator, limit }) => OPERATORS[operator](measure, limit));
  if (type === 'event_count' || type === 'value_count') {
    const values = type === 'value_count' ? readValue(condition, false) : {};
    return { ...countBounds(bounds, isMet, condition), ...values, isMet, measure: 'count' };
  }
  const measure = MEASURES[type];
  const rest = { isMet, measure, rises: false, keep: LIMITS.ruleWindowMax };
  const percentile = type === 'value_percentile' ? { percentile: readPercentile(condition) } : {};
  return { ...rest, ...readValue(condition, true), ...percentile };
}

const MEASURES = {
  value_sum: 'sum',
  value_avg: 'avg',
  value_min: 'min',
  value_max: 'max',
  value_median: 'median',
  value_percentile: 'percentile',
} as const;

/** The bounds of `gt: 5` or of a range, `gt: 5` and `lte: 10`. */
export function readBounds(condition: YAMLMap): readonly Bound[] {
  const bounds = NAMES.flatMap((operator): readonly Bound[] => {
    const node: unknown = condition.get(operator, true);
    if (node === undefined) return [];
    const limit: unknown = isScalar(node) ? node.value : undefined;
    if (typeof limit === 'number' && Number.isFinite(limit)) return [{ operator, limit }];
    throw new RuleFault('bad-value', node, `“${operator}” takes a number`);
  });
  if (bounds.length > 0) return bounds;
  throw new RuleFault('missing', condition, `“condition” needs one of ${NAMES.join(', ')}`);
}

/** How far a rule must count to tell whether its condition is met. */
export function countBounds(
  bounds: readonly Bound[],
  isMet: Condition,
  node: unknown,
): Pick<Counting, 'keep' | 'rises'> {
  const fraction = bounds.find(({ limit }) => !Number.isInteger(limit) || limit < 0);
  if (fraction !== undefined)
    throw new RuleFault('bad-value', node, `“${fraction.operator}” takes a whole number from 0`);
  const rises = bounds.every(({ operator }) => operator === 'gt' || operator === 'gte');
  const keep = Math.max(1, ...bounds.map(({ operator, limit }) => limit + (BEYOND[operator] ?? 1)));
  if (keep > LIMITS.ruleWindowMax) {
    const message = `no rule counts further than ${LIMITS.ruleWindowMax}`;
    throw new RuleFault('unbounded', node, message);
  }
  const reached = Array.from({ length: keep }, (_, at) => isMet(at + 1));
  if (!reached.includes(true))
    throw new RuleFault('bad-value', node, 'no number of matches meets this condition');
  return { keep, rises };
}

/** Beyond these, one more makes no difference. */
const BEYOND: Readonly<Partial<Record<Operator, number>>> = { gte: 0, lt: 0 };

function readValue(
  condition: YAMLMap,
  numbers: boolean,
): Pick<Counting, 'value' | 'valueField' | 'valueFields'> {
  const node: unknown = condition.get('field', true);
  const items = isSeq(node) ? node.items : [node];
  const names = items.map((item) => (isScalar(item) ? String(item.value) : ''));
  if (node === undefined || names.includes(''))
    throw new RuleFault('missing', node ?? condition, '“condition” needs the “field” it is about');
  if (numbers && names.length > 1)
    throw new RuleFault('bad-value', node, 'one field can be measured, not several');
  const fields = names.map((name, at) => scalarField(name, items[at]));
  const wrong = numbers ? fields.find(({ type }) => type !== 'number') : undefined;
  if (wrong) throw new RuleFault('bad-value', node, `“${wrong.name}” is no number`);
  const value = (observation: Observation): string | undefined => {
    const values = fields.map((field) => scalar(field.get(observation)));
    return values.includes(undefined) ? undefined : values.join('\u0000');
  };
  return { value, valueField: names.join(', '), valueFields: names };
}

function readPercentile(condition: YAMLMap): number {
  const value: unknown = condition.get('percentile');
  if (typeof value === 'number' && value >= 0 && value <= 100) return value;
  const node: unknown = condition.get('percentile', true) ?? condition;
  throw new RuleFault('bad-value', node, '“percentile” is a number from 0 to 100');
}
