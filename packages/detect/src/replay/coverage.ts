import type { ContentFacts, FieldCoverage, FlowEdge, Observation } from '@spoor/core';
import { type ContentTest, contentAnswer } from '../rules/content.ts';
import type { Expression } from '../rules/expression.ts';
import type { FieldTest } from '../rules/field-test.ts';
import type { Rule, RuleBody, RuleSet } from '../rules/types.ts';

/** Could the observation answer the field? Undefined where the field is not about it. */
type Answers = (observation: Observation) => boolean | undefined;

interface Counted {
  readonly answers: Answers;
  answered: number;
  of: number;
}

/**
 * How much of a history can answer what rules ask. What was shredded, sealed away before a rule was
 * there, or never seen cannot: there, no hit says nothing.
 */
export class Coverage {
  readonly #fields = new Map<string, Counted>();
  readonly #byRule: ReadonlyMap<string, readonly string[]>;

  /** @param isCut Did the session begin before the history does? */
  constructor(set: RuleSet, isCut: (observation: Observation) => boolean) {
    const loud = set.rules.filter(({ silent }) => silent !== true);
    this.#byRule = new Map(
      loud.map((rule) => {
        const fields = fieldsOf(rule, set, isCut);
        for (const [name, answers] of fields)
          if (!this.#fields.has(name)) this.#fields.set(name, { answers, answered: 0, of: 0 });
        return [rule.ref.id, [...fields.keys()]] as const;
      }),
    );
  }

  take(observation: Observation): void {
    for (const counted of this.#fields.values()) {
      const answer = counted.answers(observation);
      if (answer === undefined) continue;
      counted.of++;
      if (answer) counted.answered++;
    }
  }

  /** Fields of a rule that something, or nothing at all, could not answer; worst first. */
  notCovered(rule: string): readonly FieldCoverage[] {
    const fields = (this.#byRule.get(rule) ?? []).flatMap((field): FieldCoverage[] => {
      const { answered = 0, of = 0 } = this.#fields.get(field) ?? {};
      return answered < of || of === 0 ? [{ field, answered, of }] : [];
    });
    const share = ({ answered, of }: FieldCoverage): number => answered / Math.max(1, of);
    return fields.sort((a, b) => share(a) - share(b));
  }
}

/** Fields that a rule looks at, and those of the rules that it is made of. */
function fieldsOf(
  { body }: Rule,
  set: RuleSet,
  isCut: (observation: Observation) => boolean,
): ReadonlyMap<string, Answers> {
  const fields = new Map<string, Answers>();
  const add = (test: Named): void => {
    const { name } = test.field;
    fields.set(name, 'forms' in test ? asked(test, set) : answersOf(name, isCut));
  };
  for (const one of bodiesOf(body, set)) {
    for (const index of predicatesOf(one)) {
      const expression = set.predicates[index]?.expression;
      if (expression) for (const test of testsIn(expression)) add(test);
    }
    for (const name of valueFieldsOf(one)) fields.set(name, answersOf(name, isCut));
  }
  return fields;
}

const valueFieldsOf = (body: RuleBody): readonly string[] =>
  'valueFields' in body ? (body.valueFields ?? []) : [];

const predicatesOf = (body: RuleBody): readonly number[] =>
  body.type === 'single' ? [body.predicate] : body.predicates;

function* bodiesOf(body: RuleBody, set: RuleSet): Generator<RuleBody> {
  yield body;
  const uses = new Set(predicatesOf(body));
  for (const { feeds, body: made } of set.rules)
    if (feeds !== undefined && uses.has(feeds)) yield* bodiesOf(made, set);
}

type Named = FieldTest | FieldTest<FlowEdge> | ContentTest;

function* testsIn(expression: Expression): Generator<Named> {
  if ('items' in expression) for (const item of expression.items) yield* testsIn(item);
  else if (expression.op === 'not') yield* testsIn(expression.item);
  else if (expression.op === 'edge') yield* expression.tests;
  else yield expression.test;
}

const asked =
  (test: ContentTest, { content }: RuleSet): Answers =>
  (observation) =>
    test.field.facts(observation) === undefined
      ? undefined
      : contentAnswer(observation, test, content.set) !== undefined;

const ENDED: ReadonlySet<string> = new Set(['ok', 'tool_error']);

function answersOf(name: string, isCut: (observation: Observation) => boolean): Answers {
  // It says itself where no prompt is known.
  if (name === 'intent.covers') return () => true;
  const [part = ''] = name.split('.');
  const isCall = ({ kind }: Observation): boolean => kind === 'tool.call';
  const readable = (o: Observation, facts: ContentFacts | undefined): boolean =>
    facts !== undefined && o.shreddedMs === undefined;
  switch (part) {
    case 'request':
      return (o) => (isCall(o) ? readable(o, o.facts.request) : undefined);
    case 'result':
      return (o) => (isCall(o) && ENDED.has(o.outcome) ? readable(o, o.facts.result) : undefined);
    case 'flow':
      return (o) => (isCall(o) ? readable(o, o.facts.request) && !isCut(o) : undefined);
    case 'intent':
      return (o) => (isCall(o) ? o.intent !== undefined && o.shreddedMs === undefined : undefined);
    case 'baseline':
      return (o) => (isCall(o) ? o.facts.baseline !== undefined : undefined);
    case 'definition':
      return (o) => (o.kind === 'tool.list' ? o.facts.definitions !== undefined : undefined);
    default:
      return () => true;
  }
}
