import { DAY_MS } from '@spoor/core';
import type { Expression } from './expression.ts';
import type { Scalar } from './field-test.ts';
import type { Modifier } from './modifiers.ts';
import type { Predicate, Rule, RuleBody, RuleSet } from './types.ts';

/** What a rule looks for, in lines for people; deeper ones are indented by two spaces. */
export function describeRule({ body }: Rule, { predicates }: RuleSet): readonly string[] {
  if (body.type === 'single') return describePredicate(predicates[body.predicate]);
  const names = body.predicates.map((index) => predicates[index]?.name ?? '');
  const used = [...new Set([...body.predicates, ...body.context])];
  return [
    ...describeBody(body, names),
    `within ${describeSpan(body.spanMs)}, of the same ${body.group.map(({ name }) => name).join(', ')}`,
    ...used.flatMap((index) => {
      const step = predicates[index];
      const role = body.predicates.includes(index) ? '' : ' (evidence only)';
      return [`${step?.name}${role}: ${step?.step}`, ...describePredicate(step).map(indent)];
    }),
  ];
}

const indent = (line: string): string => `  ${line}`;

function describeBody(
  body: Exclude<RuleBody, { type: 'single' }>,
  names: readonly string[],
): readonly string[] {
  if ('measure' in body) {
    const of = body.valueField === undefined ? '' : ` of ${body.valueField}`;
    return [`${body.type.replace('_', ' ')}${of}, over matches of ${names.join(', ')}`];
  }
  const order = body.type === 'temporal_ordered' ? 'in this order' : 'in any order';
  const named = (places: readonly number[]): string =>
    places.map((place) => names[place]).join(', ');
  return body.alternatives.map(({ steps, never }, at) =>
    [
      `${at === 0 ? '' : 'or '}a match of each, ${order}: ${named(steps)}`,
      ...(never.length === 0 ? [] : [`without ${named(never)}`]),
    ].join(', '),
  );
}

const UNITS = [
  [DAY_MS, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

function describeSpan(ms: number): string {
  const [unit = 1_000, name = 's'] = UNITS.find(([each]) => ms % each === 0) ?? [];
  return `${ms / unit} ${name}`;
}

const describePredicate = (predicate: Predicate | undefined): readonly string[] =>
  predicate === undefined ? [] : describe(predicate.expression);

function describe(expression: Expression): readonly string[] {
  switch (expression.op) {
    case 'and':
    case 'or':
      return describeItems(expression.op, expression.items);
    case 'not':
      return ['not:', ...describe(expression.item).map(indent)];
    case 'edge':
      return ['one flow with:', ...expression.tests.map(describeTest).map(indent)];
    default:
      return [describeTest(expression.test)];
  }
}

function describeItems(op: 'and' | 'or', items: readonly Expression[]): readonly string[] {
  const [only] = items;
  if (items.length === 1 && only) return describe(only);
  if (items.length === 0) return ['matches of another correlation'];
  const head = op === 'and' ? 'all of:' : 'one of:';
  return [head, ...items.flatMap(describe).map(indent)];
}

interface Test {
  readonly field: { readonly name: string };
  readonly modifiers: readonly Modifier[];
  readonly values: readonly Scalar[];
}

function describeTest({ field, modifiers, values }: Test): string {
  const how = modifiers.length === 0 ? 'is' : modifiers.join(' ');
  const link = modifiers.includes('all') ? ' and ' : ' or ';
  return `${field.name} ${how} ${values.map((value) => String(value)).join(link)}`;
}
