import type { FlowEdge, Label } from '@spoor/core';
import { isLabel } from '@spoor/core';
import { showValue } from '../schema.ts';
import type { FieldTest } from './field-test.ts';
import type { Evaluation, Matched, Needs } from './types.ts';

/** A condition after parsing. `edge` holds where one flow satisfies all of its tests. */
export type Expression =
  | { readonly op: 'and' | 'or'; readonly items: readonly Expression[] }
  | { readonly op: 'not'; readonly item: Expression }
  | { readonly op: 'test'; readonly test: FieldTest }
  | { readonly op: 'edge'; readonly tests: readonly FieldTest<FlowEdge>[] };

type Test = (evaluation: Evaluation) => boolean;

/** Compiles to closures: no tree is walked per observation. */
export function compileExpression(expression: Expression): Test {
  switch (expression.op) {
    case 'and': {
      const items = expression.items.map(compileExpression);
      return (evaluation) => items.every((item) => item(evaluation));
    }
    case 'or': {
      const items = expression.items.map(compileExpression);
      return (evaluation) => items.some((item) => item(evaluation));
    }
    case 'not': {
      const item = compileExpression(expression.item);
      return (evaluation) => !item(evaluation);
    }
    case 'test': {
      const { index, matches } = expression.test;
      return (evaluation) => evaluation.answer(index, matches);
    }
    case 'edge': {
      const { tests } = expression;
      return ({ observation }) => firstEdge(observation.facts.flows, tests) !== undefined;
    }
  }
}

const firstEdge = (
  flows: readonly FlowEdge[],
  tests: readonly FieldTest<FlowEdge>[],
): FlowEdge | undefined => flows.find((edge) => tests.every((test) => test.matches(edge)));

/** Fields that made the expression true, for the evidence. What `not` ruled out is not evidence. */
export function explainExpression(expression: Expression, evaluation: Evaluation): Matched {
  const matched: Record<string, string> = {};
  collect(expression, evaluation, matched);
  return matched;
}

function collect(
  expression: Expression,
  evaluation: Evaluation,
  matched: Record<string, string>,
): void {
  if (expression.op === 'and' || expression.op === 'or') {
    for (const item of expression.items) collect(item, evaluation, matched);
  } else if (expression.op === 'test') {
    const { field, matches } = expression.test;
    const { observation } = evaluation;
    if (matches(observation)) matched[field.name] = showValue(field.get(observation));
  } else if (expression.op === 'edge') {
    const edge = firstEdge(evaluation.observation.facts.flows, expression.tests);
    if (!edge) return;
    for (const { field } of expression.tests) matched[field.name] = showValue(field.get(edge));
    matched['flow.from'] = `${edge.server} ${edge.tool} ${edge.field}`.trim();
    matched['flow.to'] = edge.to;
  }
}

/** What has to hold in any case, so that the engine can skip predicates by index. */
export function needsOf(expression: Expression): Needs {
  switch (expression.op) {
    case 'test':
      return needsOfTest(expression.test);
    case 'and':
      return expression.items.map(needsOf).reduce(both, {});
    case 'or':
      return expression.items.map(needsOf).reduce(either);
    default:
      return {};
  }
}

function needsOfTest({ field, equals }: FieldTest): Needs {
  if (!equals) return {};
  // All values of these fields are lower case, and comparison ignores case.
  const texts = equals.map((text) => text.toLowerCase());
  const values = new Set(texts);
  if (field.name === 'kind') return { kinds: values };
  if (field.name === 'outcome') return { outcomes: values };
  const labels = texts.filter(isLabel);
  return field.name === 'tool.labels' && labels.length === texts.length
    ? { labels: new Set<Label>(labels) }
    : {};
}

function both(a: Needs, b: Needs): Needs {
  const kinds = narrow(a.kinds, b.kinds);
  const outcomes = narrow(a.outcomes, b.outcomes);
  // Two label tests cannot be narrowed to one set: a tool may meet them with different labels.
  const labels = a.labels ?? b.labels;
  return { ...(kinds && { kinds }), ...(outcomes && { outcomes }), ...(labels && { labels }) };
}

function either(a: Needs, b: Needs): Needs {
  return {
    ...(a.kinds && b.kinds && { kinds: new Set([...a.kinds, ...b.kinds]) }),
    ...(a.outcomes && b.outcomes && { outcomes: new Set([...a.outcomes, ...b.outcomes]) }),
    ...(a.labels && b.labels && { labels: new Set([...a.labels, ...b.labels]) }),
  };
}

const narrow = <T>(
  a: ReadonlySet<T> | undefined,
  b: ReadonlySet<T> | undefined,
): ReadonlySet<T> | undefined =>
  a && b ? new Set([...a].filter((item) => b.has(item))) : (a ?? b);
