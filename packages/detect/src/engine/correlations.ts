import type { Observation } from '@spoor/core';
import type { Rule, RuleBody, RuleSet } from '../rules/types.ts';
import { advanceCount } from './count.ts';
import type { Group, Groups } from './groups.ts';
import { advanceOrdered } from './ordered.ts';
import { type Advance, type Hit, type RuleState, timeOf } from './states.ts';
import { advanceUnordered } from './unordered.ts';

type CorrelationBody = Exclude<RuleBody, { type: 'single' }>;

/** What an observation does to one rule. */
export interface Correlation extends Advance {
  readonly rule: Rule;
  readonly index: number;
  readonly group: Readonly<Record<string, string>>;
  /** Absent for rules without state. */
  readonly key?: string;
  readonly context: readonly Hit[];
}

/** Takes matches of predicates to the rules that are made of them. */
export class Correlations {
  readonly spanMaxMs: number;
  readonly #rules: readonly Rule[];
  /** Rules by predicate. */
  readonly #byPredicate: (readonly number[])[];
  /** Rules that group by the same fields share a key, and so a group. */
  readonly #signatures: readonly string[];

  constructor({ rules, predicates }: RuleSet) {
    this.#rules = rules;
    this.#byPredicate = predicates.map((_, predicate) =>
      rules.flatMap(({ body }, index) => (usesOf(body).includes(predicate) ? [index] : [])),
    );
    this.#signatures = rules.map(({ body, ref }) => signatureOf(body, ref.id));
    this.spanMaxMs = Math.max(0, ...rules.map(({ body }) => ('spanMs' in body ? body.spanMs : 0)));
  }

  /** Changes nothing: the call may yet be denied. */
  advance(
    hits: ReadonlyMap<number, Hit>,
    observation: Observation,
    groups: Groups,
    matched: ReadonlySet<number> | undefined,
  ): readonly Correlation[] {
    if (hits.size === 0) return [];
    const indices = new Set<number>();
    for (const predicate of hits.keys()) {
      for (const index of this.#byPredicate[predicate] ?? []) indices.add(index);
    }
    return [...indices].flatMap((index) => {
      const rule = this.#rules[index];
      if (!rule) return [];
      const { body } = rule;
      if (body.type !== 'single')
        return this.#correlate(rule, body, index, hits, observation, groups, matched);
      const hit = hits.get(body.predicate);
      return hit ? [{ rule, index, group: {}, path: [hit], context: [] }] : [];
    });
  }

  commit(correlations: readonly Correlation[], observation: Observation, groups: Groups): void {
    for (const { rule, index, key, commit, context } of correlations) {
      if (key === undefined || (!commit && context.length === 0)) continue;
      const group = groups.touch(key, timeOf(observation));
      const state = group.states.get(index) ?? create(rule.body, group, index);
      commit?.(state);
      for (const hit of context) state.context.set(hit.predicate, hit);
    }
  }

  #correlate(
    rule: Rule,
    body: CorrelationBody,
    index: number,
    hits: ReadonlyMap<number, Hit>,
    observation: Observation,
    groups: Groups,
    matched: ReadonlySet<number> | undefined,
  ): readonly Correlation[] {
    // Predicates of one rule may group by different fields (aliases), so keys are per predicate.
    const byKey = Map.groupBy(
      [...hits.values()].filter((hit) => usesOf(body).includes(hit.predicate)),
      (hit) => keyOf(body, this.#signatures[index] ?? '', observation, hit.predicate),
    );
    return [...byKey].flatMap(([key, own]) => {
      if (key === undefined) return [];
      const clockMs = groups.peek(key, timeOf(observation));
      const state = groups.byKey.get(key)?.states.get(index);
      const timed = new Map(own.map((hit) => [hit.predicate, { ...hit, clockMs }]));
      const context = body.context.flatMap((predicate) => timed.get(predicate) ?? []);
      const advanced = advanceBody(body, timed, state, observation, matched);
      const path = advanced.path && withContext(advanced.path, body, state);
      const group = groupOf(body, observation, own[0]?.predicate ?? -1);
      return [{ ...advanced, ...(path && { path }), rule, index, group, key, context }];
    });
  }
}

const usesOf = (body: RuleBody): readonly number[] =>
  body.type === 'single' ? [body.predicate] : [...body.predicates, ...body.context];

function signatureOf(body: RuleBody, id: string): string {
  if (body.type === 'single') return '';
  const names = body.group.map(({ name }) => name).join(' ');
  return body.group.some(({ isAlias }) => isAlias) ? `${id} ${names}` : names;
}

function keyOf(
  body: CorrelationBody,
  signature: string,
  observation: Observation,
  predicate: number,
): string | undefined {
  let key = signature;
  for (const field of body.group) {
    const value = field.get(observation, predicate);
    if (value === undefined) return undefined;
    key += `\u0000${value}`;
  }
  return key;
}

const groupOf = (
  body: CorrelationBody,
  observation: Observation,
  predicate: number,
): Readonly<Record<string, string>> =>
  Object.fromEntries(body.group.map(({ name, get }) => [name, get(observation, predicate) ?? '']));

function advanceBody(
  body: CorrelationBody,
  hits: ReadonlyMap<number, Hit>,
  state: RuleState | undefined,
  observation: Observation,
  matched: ReadonlySet<number> | undefined,
): Advance {
  if (body.type === 'temporal_ordered') {
    return advanceOrdered(
      body.predicates,
      body.spanMs,
      hits,
      state?.type === 'ordered' ? state : undefined,
    );
  }
  if (!body.predicates.some((predicate) => hits.has(predicate))) return {};
  if (body.type === 'temporal') {
    return advanceUnordered(
      body.predicates,
      body.spanMs,
      hits,
      state?.type === 'unordered' ? state : undefined,
    );
  }
  const hit = body.predicates.map((predicate) => hits.get(predicate)).find((one) => one);
  // A call counts once, at its first match.
  if (!hit || body.predicates.some((predicate) => matched?.has(predicate))) return {};
  const value = body.value?.(observation);
  if (body.type === 'value_count' && value === undefined) return {};
  const counted = value === undefined ? hit : { ...hit, value };
  return advanceCount(body, counted, state?.type === 'count' ? state : undefined);
}

/** Puts the newest context matches before the path, where they came before it and within the span. */
function withContext(
  path: readonly Hit[],
  body: CorrelationBody,
  state: RuleState | undefined,
): readonly Hit[] {
  const first = path[0];
  if (!first || !state) return path;
  const calls = new Set(path.map(({ call }) => call));
  const before = [...state.context.values()].filter(
    (hit) =>
      hit.seq < first.seq && !calls.has(hit.call) && first.clockMs - hit.clockMs <= body.spanMs,
  );
  return [...before.sort((a, b) => a.seq - b.seq), ...path];
}

function create(body: RuleBody, group: Group, index: number): RuleState {
  const context = new Map<number, Hit>();
  let state: RuleState;
  if (body.type === 'temporal_ordered') state = { type: 'ordered', chains: [], context };
  else if (body.type === 'temporal') state = { type: 'unordered', slots: [], context };
  else state = { type: 'count', hits: [], context };
  group.states.set(index, state);
  return state;
}
