import type { DecisionAction, Exception, Label, Mask, Observation, RuleRef } from '@spoor/core';

import type { Field } from '../schema.ts';
import type { ContentTests } from './content.ts';
import type { Expression } from './expression.ts';

export interface RuleFile {
  /** Shown in problems; the base name is the rule's id where it has no `name`. */
  readonly path: string;
  readonly text: string;
}

export const PROBLEM_CODES = [
  'yaml',
  'unknown-key',
  'missing',
  'bad-value',
  'unknown-field',
  'unknown-modifier',
  'modifier',
  'placeholder',
  'regex',
  'condition',
  'unknown-rule',
  'duplicate',
  'unsupported',
  'unbounded',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** What is wrong with a rule file, and where. The rest of the files load. */
export interface RuleProblem {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly code: ProblemCode;
  readonly message: string;
}

/**
 * What must hold of an observation for a predicate to have a chance: how the engine finds it
 * without trying.
 */
export interface Needs {
  readonly kinds?: ReadonlySet<string>;
  /** At least one of them. */
  readonly labels?: ReadonlySet<Label>;
  readonly outcomes?: ReadonlySet<string>;
  /** Of each field at least one of the values, in lower case. */
  readonly values?: ReadonlyMap<Field<Observation>, ReadonlySet<string>>;
}

/** Fields that made an observation match, with their values as shown. */
export type Matched = Readonly<Record<string, string>>;

/** One detection document. */
export interface Predicate {
  readonly name: string;
  readonly uuid: string;
  /** For people: `Reads personal data`. */
  readonly step: string;
  readonly needs: Needs;
  /** Is it true of the observation that the evaluation was opened on? */
  readonly test: (evaluation: Evaluation) => boolean;
  /** Could it be true? Of predicates that ask for content, which may not have been looked at. */
  readonly may?: (evaluation: Evaluation) => boolean;
  readonly explain: (evaluation: Evaluation) => Matched;
  readonly expression: Expression;
}

/** One observation under test. Tests that rules share are answered once. */
export interface Evaluation {
  readonly observation: Observation;
  answer(index: number, ask: (observation: Observation) => boolean): boolean;
}

export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_min',
  'value_max',
  'value_median',
  'value_percentile',
] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];
export type CountType = Exclude<CorrelationType, 'temporal' | 'temporal_ordered'>;

/** The value of one group-by field or alias, by the predicate that matched. */
export type GroupField = {
  readonly name: string;
  readonly isAlias: boolean;
  readonly get: (observation: Observation, predicate: number) => string | undefined;
};

/** One way to meet a rule, as places in its `predicates`. */
export interface Alternative {
  /** All of them match, each on a call of its own; their order counts for `temporal_ordered`. */
  readonly steps: readonly number[];
  /** None of them matches: within the span, or while an ordered chain lasts. */
  readonly never: readonly number[];
}

/** What is asked of the matches within the span. */
export interface Counting {
  readonly measure: 'count' | 'sum' | 'avg' | 'min' | 'max' | 'median' | 'percentile';
  readonly isMet: (measure: number) => boolean;
  /** More matches never make it false. */
  readonly rises: boolean;
  /** How many matches have to be remembered. */
  readonly keep: number;
  /** What is counted where not calls, or measured. */
  readonly value?: (observation: Observation) => string | undefined;
  /** Name of that field. */
  readonly valueField?: string;
  readonly valueFields?: readonly string[];
  readonly percentile?: number;
}

interface CorrelationBody {
  /** Indices into the set's predicates. */
  readonly predicates: readonly number[];
  /** Their newest matches before the chain join the evidence; the match does not need them. */
  readonly context: readonly number[];
  readonly group: readonly GroupField[];
  readonly spanMs: number;
}

export type RuleBody =
  | { readonly type: 'single'; readonly predicate: number }
  | (CorrelationBody & {
      readonly type: 'temporal' | 'temporal_ordered';
      readonly alternatives: readonly Alternative[];
    })
  | (CorrelationBody & Counting & { readonly type: CountType });

export interface RuleTest {
  readonly name: string;
  /** File name beside the rule. */
  readonly trace: string;
  /** `seq` of the observations at which the rule fires. */
  readonly fires: readonly number[];
}

export interface Rule {
  readonly ref: RuleRef;
  readonly path: string;
  readonly source: string;
  /** UUID of the document. */
  readonly uuid: string;
  readonly status: string;
  readonly references: readonly string[];
  readonly response: DecisionAction | 'alert';
  /** What `modify` masks. */
  readonly mask?: Mask;
  readonly tests: readonly RuleTest[];
  /** Where it does nothing, as its author says. */
  readonly exceptions: readonly Exception[];
  readonly body: RuleBody;
  /** The predicate that its matches are, where other correlations are made of them. */
  readonly feeds?: number;
  /** Matches are for other correlations alone. */
  readonly silent?: true;
}

export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly predicates: readonly Predicate[];
  /** Number of distinct tests in all predicates. */
  readonly tests: number;
  readonly content: ContentTests;
}
