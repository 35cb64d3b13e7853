import { type CaseId, isObject, type Observation } from '@spoor/core';
import { createDetector } from './engine/detector.ts';
import { askedBy, type ContentTest, type ContentTests } from './rules/content.ts';
import { notCovered } from './rules/coverage.ts';
import type { Expression } from './rules/expression.ts';
import { contentMatcher } from './rules/match-content.ts';
import type { Rule, RuleSet } from './rules/types.ts';

/** What became of one test of a rule. */
export interface RuleTestResult {
  readonly rule: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'not-covered' | 'unreadable';
  readonly expected: readonly number[];
  /** `seq` of the observations at which it fired. */
  readonly fired: readonly number[];
  /** `seq` of those that it cannot tell of. */
  readonly open: readonly number[];
  /** Why a trace could not be read. */
  readonly why?: string;
}

/** Text of a trace that lies beside a rule; undefined where there is none. */
export type ReadTrace = (rule: Rule, trace: string) => Promise<string | undefined>;

/** Plays the traces of the rules, enforced and all together, and compares. */
export async function runRuleTests(
  set: RuleSet,
  rules: readonly Rule[],
  read: ReadTrace,
): Promise<readonly RuleTestResult[]> {
  const results: RuleTestResult[] = [];
  for (const rule of rules) {
    for (const { name, trace, fires } of rule.tests) {
      const text = await read(rule, trace);
      const played = text === undefined ? `there is no ${trace}` : play(set, rule, text);
      const head = { rule: rule.ref.id, name, expected: fires };
      if (typeof played === 'string')
        results.push({ ...head, status: 'unreadable', fired: [], open: [], why: played });
      else results.push({ ...head, ...played, status: statusOf(fires, played) });
    }
  }
  return results;
}

interface Played {
  readonly fired: readonly number[];
  readonly open: readonly number[];
}

function statusOf(expected: readonly number[], { fired, open }: Played): RuleTestResult['status'] {
  if (expected.join() === fired.join()) return open.length > 0 ? 'not-covered' : 'passed';
  const missing = expected.filter((seq) => !fired.includes(seq));
  const unexpected = fired.some((seq) => !expected.includes(seq));
  const excused = !unexpected && missing.every((seq) => open.includes(seq));
  return excused ? 'not-covered' : 'failed';
}

function play(set: RuleSet, rule: Rule, text: string): Played | string {
  let cases = 0;
  const detector = createDetector({
    rules: set,
    policy: { mode: 'enforce', rules: {}, servers: {} },
    newCase: () => `c-${String(++cases).padStart(10, '0')}` as CaseId,
  });
  const answer = answerer(set, rule);
  const fired: number[] = [];
  const open: number[] = [];
  for (const [at, line] of text.trimEnd().split('\n').entries()) {
    const observation = observationIn(line);
    if (observation === undefined) return `line ${at + 1} is no observation`;
    const step = detector.step(answer(observation));
    if (step.detections.some((one) => one.rule.id === rule.ref.id)) fired.push(observation.seq);
    else if (notCovered(set, step.observation).includes(rule.ref.id)) open.push(observation.seq);
  }
  return { fired, open };
}

/** A line of a trace; beside the observation it may hold the content, for content tests. */
interface TraceLine extends Observation {
  readonly content?: Readonly<Partial<Record<'request' | 'result' | 'definition', unknown>>>;
}

function observationIn(line: string): TraceLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const whole = isObject(value) && isObject(value.facts) && Array.isArray(value.facts.flows);
    return whole && typeof value.seq === 'number' ? (value as unknown as TraceLine) : undefined;
  } catch {
    return undefined;
  }
}

/** Answers the content tests of one rule, where the trace has the content. */
function answerer(set: RuleSet, rule: Rule): (line: TraceLine) => Observation {
  const match = contentMatcher(askedBy(testsOf(set, rule)));
  return ({ content, ...observation }) => {
    if (content === undefined) return observation;
    const { request, result, definitions, flows } = observation.facts;
    const matched = (part: 'request' | 'result' | 'definition'): object => {
      const found = content[part] === undefined ? undefined : match.match(part, content[part]);
      return found ? { matched: found } : {};
    };
    const facts = {
      ...(request && { request: { ...request, ...matched('request') } }),
      ...(result && { result: { ...result, ...matched('result') } }),
      ...(definitions && { definitions: { ...definitions, ...matched('definition') } }),
      flows,
    };
    return { ...observation, facts };
  };
}

/** The content tests that a rule is made of, under the name of the whole set. */
function testsOf({ predicates, rules, content }: RuleSet, rule: Rule): ContentTests {
  const tests = new Set<ContentTest>();
  const collect = (expression: Expression | undefined): void => {
    if (expression?.op === 'content') tests.add(expression.test);
    else if (expression?.op === 'not') collect(expression.item);
    else if (expression !== undefined && 'items' in expression) expression.items.forEach(collect);
  };
  const visit = ({ body }: Rule): void => {
    for (const index of body.type === 'single' ? [body.predicate] : body.predicates) {
      collect(predicates[index]?.expression);
      for (const maker of rules.filter(({ feeds }) => feeds === index)) visit(maker);
    }
  };
  visit(rule);
  return { set: content.set, tests: [...tests] };
}
