import { type FlowEdge, flowInWords, type Observation } from '@spoor/core';
import { EVERY_FIELD, showValue } from '../schema.ts';
import { type ContentTest, type ContentTests, contentAnswer } from './content.ts';
import type { FieldTest } from './field-test.ts';
import type { Evaluation, Matched } from './types.ts';

/** A condition after parsing. `edge` holds where one flow satisfies all of its tests. */
export type Expression =
  | { readonly op: 'and' | 'or'; readonly items: readonly Expression[] }
  | { readonly op: 'not'; readonly item: Expression }
  | { readonly op: 'test'; readonly test: FieldTest }
  | { readonly op: 'edge'; readonly tests: readonly FieldTest<FlowEdge>[] }
  | { readonly op: 'content'; readonly test: ContentTest };

type Test = (evaluation: Evaluation) => boolean;

/**
 * Compiles to closures: no tree is walked per observation.
 *
 * @param unknown what the whole is where a content test has no answer. With false it holds only
 *   where it is known to hold; with true, where it may.
 */
export function compileExpression(
  expression: Expression,
  content: ContentTests,
  unknown = false,
): Test {
  switch (expression.op) {
    case 'and': {
      const items = expression.items.map((item) => compileExpression(item, content, unknown));
      return (evaluation) => items.every((item) => item(evaluation));
    }
    case 'or': {
      const items = expression.items.map((item) => compileExpression(item, content, unknown));
      return (evaluation) => items.some((item) => item(evaluation));
    }
    case 'not': {
      const item = compileExpression(expression.item, content, !unknown);
      return (evaluation) => !item(evaluation);
    }
    case 'test': {
      const { index, matches } = expression.test;
      const ask = (observation: Observation): boolean => matches(observation, observation);
      return (evaluation) => evaluation.answer(index, ask);
    }
    case 'edge': {
      const { tests } = expression;
      return ({ observation }) => firstEdge(observation, tests) !== undefined;
    }
    case 'content': {
      const { test } = expression;
      return ({ observation }) => contentAnswer(observation, test, content.set) ?? unknown;
    }
  }
}

/** Does anything in it look at content? */
export function asksContent(expression: Expression): boolean {
  if (expression.op === 'content') return true;
  if (expression.op === 'not') return asksContent(expression.item);
  return 'items' in expression && expression.items.some(asksContent);
}

const firstEdge = (
  observation: Observation,
  tests: readonly FieldTest<FlowEdge>[],
): FlowEdge | undefined =>
  observation.facts.flows.find((edge) => tests.every((test) => test.matches(edge, observation)));

/** Fields that made the expression true, for the evidence. What `not` ruled out is not evidence. */
export function explainExpression(
  expression: Expression,
  evaluation: Evaluation,
  content: ContentTests,
): Matched {
  const matched: Record<string, string> = {};
  collect(expression, evaluation, content, matched);
  return matched;
}

function collect(
  expression: Expression,
  evaluation: Evaluation,
  content: ContentTests,
  matched: Record<string, string>,
): void {
  const { observation } = evaluation;
  switch (expression.op) {
    case 'and':
    case 'or':
      for (const item of expression.items) collect(item, evaluation, content, matched);
      return;
    case 'test':
      collectTest(expression.test, observation, matched);
      return;
    case 'edge':
      collectEdge(expression.tests, observation, matched);
      return;
    case 'content': {
      const { field, values } = expression.test;
      const held = contentAnswer(observation, expression.test, content.set) === true;
      // What the rule looks for, not what was found: content is not evidence that is kept.
      if (held) matched[field.name] = showValue(values.map(String));
      return;
    }
    default:
      return;
  }
}

function collectTest(
  { field, matches, values }: FieldTest,
  observation: Observation,
  matched: Record<string, string>,
): void {
  if (!matches(observation, observation)) return;
  const found = field === EVERY_FIELD ? values.map(String) : field.get(observation);
  matched[field.name] = field.words?.(observation) ?? showValue(found);
}

function collectEdge(
  tests: readonly FieldTest<FlowEdge>[],
  observation: Observation,
  matched: Record<string, string>,
): void {
  const edge = firstEdge(observation, tests);
  if (!edge) return;
  for (const { field } of tests) matched[field.name] = showValue(field.get(edge));
  matched['flow.from'] = `${edge.server} ${edge.tool} ${edge.field}`.trim();
  matched['flow.to'] = edge.to;
  const { tool, method, intent } = observation;
  matched.flow = flowInWords(edge, tool?.name ?? method, intent !== undefined);
}
