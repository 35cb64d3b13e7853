import type { Observation } from '@spoor/core';
import type { Rule, RuleBody, RuleSet } from '../rules/types.ts';
import {
  advanceBody,
  type CorrelationBody,
  isCounted,
  newState,
  startsQuietly,
  stateAfter,
} from './advance.ts';
import type { Group, Groups } from './groups.ts';
import { type Advance, type Hit, NO_HITS, type RuleState, timeOf } from './states.ts';
import { aliasViews, keyOf, signatureOf, type View, viewOf } from './views.ts';

/** How long the rule remembers that remembers longest. */
export const spanMaxOf = ({ rules }: RuleSet): number =>
  Math.max(0, ...rules.map(({ body }) => ('spanMs' in body ? body.spanMs : 0)));

/** What an observation does to one rule. */
export interface Correlation extends Advance {
  readonly rule: Rule;
  readonly index: number;
  /** Undefined for rules without state. */
  readonly key: string | undefined;
  readonly context: readonly Hit[];
  /** Values of the group-by fields, where there is a path. */
  readonly group: Readonly<Record<string, string>>;
  /** What it has remembered so far without a state of its own. */
  readonly before: RuleState | undefined;
}

/** What an observation does to all rules. */
export interface Advanced {
  readonly found: readonly Correlation[];
  /** In each of these groups at least one rule was touched. */
  readonly views: readonly View[];
}

/** One observation on its way through the rules. */
interface Round {
  /** Of predicates, and of rules that others are made of. */
  hits: ReadonlyMap<number, Hit>;
  /** Rules that something of it concerns. */
  readonly touched: Set<number> | readonly number[];
  /** Of all groups; by signature those that still hold. */
  readonly views: View[];
  readonly bySignature: (View | undefined)[];
  readonly found: Correlation[];
  readonly observation: Observation;
  readonly groups: Groups;
  /** Predicates that its call has matched before. */
  readonly matched: ReadonlySet<number> | undefined;
}

/** One rule as it is looked up at each match. */
interface Plan {
  readonly rule: Rule;
  readonly index: number;
  readonly uses: ReadonlySet<number>;
  /** Number of its group-by fields; undefined where aliases make its key its own. */
  readonly signature: number | undefined;
  /** Its state is what its first matches make of it, as long as no others come. */
  readonly isQuiet: boolean;
}

const NO_RULES: readonly number[] = [];
const NO_GROUP: Readonly<Record<string, string>> = {};
const NOTHING: Advanced = { found: [], views: [] };

/** Takes matches of predicates to the rules that are made of them. */
export class Correlations {
  readonly #plans: readonly Plan[];
  /** Rules by predicate. */
  readonly #byPredicate: readonly (readonly number[])[];
  readonly #signatures: readonly string[];
  /** Values that rules measure of the matches of a predicate, by name of the field. */
  readonly #values: readonly (readonly ValueOf[])[];
  /** Rules after those that they are made of; undefined where none is made of others. */
  readonly #ranks: readonly (readonly number[])[] | undefined;

  constructor({ rules, predicates }: RuleSet) {
    const uses = rules.map(({ body }) => new Set(usesOf(body)));
    this.#byPredicate = predicates.map((_, predicate) =>
      rules.flatMap((_rule, index) => (uses[index]?.has(predicate) ? [index] : [])),
    );
    const signatures = rules.map(({ body }) => (body.type === 'single' ? '' : signatureOf(body)));
    this.#signatures = [...new Set(signatures.filter((one) => one !== undefined))];
    const made = new Set(rules.flatMap(({ feeds }) => feeds ?? []));
    this.#plans = rules.map((rule, index): Plan => {
      const signature = signatures[index];
      const own = uses[index] ?? new Set();
      const stands = rule.feeds === undefined && ![...own].some((predicate) => made.has(predicate));
      return {
        rule,
        index,
        uses: own,
        signature: signature === undefined ? undefined : this.#signatures.indexOf(signature),
        isQuiet: stands && rule.body.type !== 'single' && startsQuietly(rule.body),
      };
    });
    this.#values = this.#byPredicate.map((users) => valuesOf(users.map((index) => rules[index])));
    this.#ranks = ranksOf(rules);
  }

  /** What rules will ask of a match later, when its observation is gone. */
  valuesOf(predicate: number, observation: Observation): Hit['values'] {
    const wanted = this.#values[predicate];
    if (wanted === undefined || wanted.length === 0) return undefined;
    const values: Record<string, string> = {};
    for (const { field, get } of wanted) {
      const value = get(observation);
      if (value !== undefined) values[field] = value;
    }
    return values;
  }

  /** Changes nothing: the call may yet be denied. */
  advance(
    hits: ReadonlyMap<number, Hit>,
    observation: Observation,
    groups: Groups,
    matched: ReadonlySet<number> | undefined,
  ): Advanced {
    if (hits.size === 0) return NOTHING;
    const round: Round = {
      hits,
      touched: this.#rulesOf(hits),
      views: [],
      bySignature: [],
      found: [],
      observation,
      groups,
      matched,
    };
    if (this.#ranks === undefined) {
      for (const index of round.touched) this.#advanceRule(index, round);
      return round;
    }
    const touched = new Set(round.touched);
    const ranked: Round = { ...round, touched };
    for (const rank of this.#ranks)
      for (const index of rank) if (touched.has(index)) this.#advanceRule(index, ranked);
    return ranked;
  }

  #advanceRule(index: number, round: Round): void {
    const plan = this.#plans[index];
    if (!plan) return;
    const { body, feeds } = plan.rule;
    if (body.type === 'single') {
      const hit = round.hits.get(body.predicate);
      if (hit) round.found.push(single(plan, hit));
      return;
    }
    const before = round.found.length;
    if (plan.signature === undefined) {
      const { hits, observation, groups } = round;
      const views = aliasViews(body, index, hits, observation, groups);
      for (const view of views) correlate(plan, body, view, round);
    } else correlate(plan, body, this.#view(plan.signature, body, round), round);
    if (feeds !== undefined) this.#feed(feeds, round.found.slice(before), round);
  }

  /** A match of a rule that others are made of is a match for them. */
  #feed(predicate: number, found: readonly Correlation[], round: Round): void {
    const fired = found.find(({ path }) => path !== undefined);
    const last = fired?.path?.at(-1);
    if (!fired || !last || !(round.touched instanceof Set)) return;
    const { observation } = round;
    const hit: Hit = {
      ...last,
      call: observation.id,
      clockMs: timeOf(observation),
      predicate,
      matched: fired.group,
      values: this.valuesOf(predicate, observation),
    };
    round.hits = new Map([...round.hits, [predicate, hit]]);
    round.bySignature.length = 0;
    for (const next of this.#byPredicate[predicate] ?? []) round.touched.add(next);
  }

  #rulesOf(hits: ReadonlyMap<number, Hit>): Round['touched'] {
    if (hits.size === 1) {
      const [only] = hits.keys();
      return this.#byPredicate[only ?? -1] ?? NO_RULES;
    }
    const rules = new Set<number>();
    for (const predicate of hits.keys()) {
      for (const index of this.#byPredicate[predicate] ?? []) rules.add(index);
    }
    return rules;
  }

  commit({ found, views }: Advanced, observation: Observation, groups: Groups): void {
    const atMs = timeOf(observation);
    for (const { rule, index, key, commit, context, before } of found) {
      if (key === undefined || (!commit && !before && context.length === 0)) continue;
      const make = (): RuleState => before ?? newState(rule.body as CorrelationBody);
      const state = groups.stateOf(groups.touch(key, atMs), index, make);
      commit?.(state);
      for (const hit of context) {
        state.context = [...state.context.filter((old) => old.predicate !== hit.predicate), hit];
      }
    }
    for (const view of views) commitView(view, atMs, groups);
  }

  #view(signature: number, body: CorrelationBody, round: Round): View {
    const known = round.bySignature[signature];
    if (known) return known;
    const { hits, observation, groups } = round;
    const key = keyOf(body, this.#signatures[signature] ?? '', observation, -1);
    const view = viewOf(key, hits, observation, groups);
    round.bySignature[signature] = view;
    if (key !== undefined) round.views.push(view);
    return view;
  }
}

/**
 * First matches stand once for all rules that know no others. Whatever rule has now seen another
 * one of the same predicate has a state of its own.
 */
function commitView({ key, hits, group, isFirst }: View, atMs: number, groups: Groups): void {
  if (key === undefined || (!isFirst && (group === undefined || group.first.length === 0))) return;
  const to = isFirst ? groups.touch(key, atMs) : group;
  if (to === undefined) return;
  const kept = to.first.filter(({ predicate }) => !hits.has(predicate));
  if (isFirst) kept.push(...hits.values());
  // A copy holds as many as there are, and no room for more: there is one for each session.
  to.first = kept.slice();
}

interface ValueOf {
  readonly field: string;
  readonly get: (observation: Observation) => string | undefined;
}

const valuesOf = (rules: readonly (Rule | undefined)[]): readonly ValueOf[] => {
  const found = rules.flatMap((rule): ValueOf[] => {
    const body = rule?.body;
    if (body === undefined || !('value' in body) || body.valueField === undefined) return [];
    return body.value === undefined ? [] : [{ field: body.valueField, get: body.value }];
  });
  return [...new Map(found.map((one) => [one.field, one])).values()];
};

/** Without rules that are made of others, there is nothing to put in order. */
function ranksOf(rules: readonly Rule[]): readonly (readonly number[])[] | undefined {
  const makers = new Map(
    rules.flatMap(({ feeds }, index) => (feeds === undefined ? [] : [[feeds, index] as const])),
  );
  if (makers.size === 0) return undefined;
  const ranks = new Map<number, number>();
  const rankOf = (index: number): number => {
    const known = ranks.get(index);
    if (known !== undefined) return known;
    const body = rules[index]?.body;
    const below = body ? usesOf(body).flatMap((predicate) => makers.get(predicate) ?? []) : [];
    const rank = Math.max(-1, ...below.map(rankOf)) + 1;
    ranks.set(index, rank);
    return rank;
  };
  const byRank = Map.groupBy(rules.keys(), rankOf);
  return [...byRank.keys()].sort((a, b) => a - b).map((rank) => byRank.get(rank) ?? NO_RULES);
}

function correlate(plan: Plan, body: CorrelationBody, view: View, round: Round): void {
  const { key, group, hits } = view;
  if (key === undefined) return;
  const { rule, index } = plan;
  const { observation, matched } = round;
  const own = group?.states.get(index);
  const before =
    own === undefined && plan.isQuiet ? beforeOf(plan, body, group, matched) : undefined;
  if (before === 'nothing') {
    view.isFirst = true;
    return;
  }
  const state = own ?? before;
  const advanced = advanceBody(body, hits, state, matched);
  const context =
    body.context.length === 0 ? NO_HITS : body.context.flatMap((one) => hits.get(one) ?? []);
  const path = advanced.path && withContext(advanced.path, body, state);
  const values = path ? groupOf(body, observation, path.at(-1)?.predicate ?? -1) : NO_GROUP;
  const { commit } = advanced;
  round.found.push({ path, commit, rule, index, group: values, key, context, before });
}

/** What a quiet rule without a state of its own has remembered so far. */
function beforeOf(
  { uses }: Plan,
  body: CorrelationBody,
  group: Group | undefined,
  matched: ReadonlySet<number> | undefined,
): RuleState | 'nothing' {
  const first = group?.first.filter(({ predicate }) => uses.has(predicate)) ?? NO_HITS;
  if (first.length > 0) return stateAfter(body, new Map(first.map((hit) => [hit.predicate, hit])));
  return isCounted(body, matched) ? newState(body) : 'nothing';
}

/** A rule of one predicate: no state, no group. */
const single = ({ rule, index }: Plan, hit: Hit): Correlation => ({
  path: [hit],
  commit: undefined,
  rule,
  index,
  group: NO_GROUP,
  key: undefined,
  context: NO_HITS,
  before: undefined,
});

const usesOf = (body: RuleBody): readonly number[] =>
  body.type === 'single' ? [body.predicate] : [...body.predicates, ...body.context];

const groupOf = (
  body: CorrelationBody,
  observation: Observation,
  predicate: number,
): Readonly<Record<string, string>> =>
  Object.fromEntries(body.group.map(({ name, get }) => [name, get(observation, predicate) ?? '']));

/**
 * Puts the newest context matches before the path, where they came before it and within the span.
 */
function withContext(
  path: readonly Hit[],
  body: CorrelationBody,
  state: RuleState | undefined,
): readonly Hit[] {
  const first = path[0];
  if (!first || !state) return path;
  const calls = new Set(path.map(({ call }) => call));
  const before = state.context.filter(
    (hit) =>
      hit.seq < first.seq && !calls.has(hit.call) && first.clockMs - hit.clockMs <= body.spanMs,
  );
  return [...before.sort((a, b) => a.seq - b.seq), ...path];
}
