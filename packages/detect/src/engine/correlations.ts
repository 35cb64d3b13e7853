import type { Observation } from '@spoor/core';
import type { Rule, RuleBody, RuleSet } from '../rules/types.ts';
import { advanceCount } from './count.ts';
import type { Group, Groups } from './groups.ts';
import { advanceOrdered } from './ordered.ts';
import { type Advance, type Hit, NO_HITS, type RuleState, timeOf } from './states.ts';
import { advanceUnordered } from './unordered.ts';

/** How long the rule remembers that remembers longest. */
export const spanMaxOf = ({ rules }: RuleSet): number =>
  Math.max(0, ...rules.map(({ body }) => ('spanMs' in body ? body.spanMs : 0)));

type CorrelationBody = Exclude<RuleBody, { type: 'single' }>;

/** What an observation does to one rule. */
export interface Correlation extends Advance {
  readonly rule: Rule;
  readonly index: number;
  /** Undefined for rules without state. */
  readonly key: string | undefined;
  readonly context: readonly Hit[];
  /** Values of the group-by fields, where there is a path. */
  readonly group: Readonly<Record<string, string>>;
}

/** The matches of one observation as one group sees them. */
interface View {
  /** Undefined where a group-by field has no value: then the observation belongs to no group. */
  readonly key: string | undefined;
  readonly group: Group | undefined;
  /** With the time of the group's clock. */
  readonly hits: ReadonlyMap<number, Hit>;
}

/** One observation on its way through the rules. */
interface Round {
  /** Of predicates, and of rules that others are made of. */
  readonly hits: Map<number, Hit>;
  /** Rules that something of it concerns. */
  readonly touched: Set<number>;
  readonly views: Map<string, View>;
  readonly found: Correlation[];
  readonly observation: Observation;
  readonly groups: Groups;
  /** Predicates that its call has matched before. */
  readonly matched: ReadonlySet<number> | undefined;
}

const NO_RULES: readonly number[] = [];
const NO_GROUP: Readonly<Record<string, string>> = {};
const NOTHING: Advance = { path: undefined, commit: undefined };

/** Takes matches of predicates to the rules that are made of them. */
export class Correlations {
  readonly #rules: readonly Rule[];
  /** Rules by predicate. */
  readonly #byPredicate: readonly (readonly number[])[];
  /**
   * Rules that group by the same fields share a key, and so a group; undefined where aliases make
   * it their own.
   */
  readonly #signatures: readonly (string | undefined)[];
  /** Rules after those that they are made of; undefined stands for all that are touched. */
  readonly #ranks: readonly (readonly number[] | undefined)[];

  constructor({ rules, predicates }: RuleSet) {
    this.#rules = rules;
    const uses = rules.map(({ body }) => new Set(usesOf(body)));
    this.#byPredicate = predicates.map((_, predicate) =>
      rules.flatMap((_rule, index) => (uses[index]?.has(predicate) ? [index] : [])),
    );
    this.#signatures = rules.map(({ body }) => signatureOf(body));
    this.#ranks = ranksOf(rules);
  }

  /** Changes nothing: the call may yet be denied. */
  advance(
    hits: ReadonlyMap<number, Hit>,
    observation: Observation,
    groups: Groups,
    matched: ReadonlySet<number> | undefined,
  ): readonly Correlation[] {
    const round: Round = {
      hits: new Map(hits),
      touched: new Set(this.#rulesOf(hits)),
      views: new Map(),
      found: [],
      observation,
      groups,
      matched,
    };
    for (const rank of this.#ranks) {
      for (const index of rank ?? round.touched) {
        if (round.touched.has(index)) this.#advanceRule(index, round);
      }
    }
    return round.found;
  }

  #advanceRule(index: number, round: Round): void {
    const rule = this.#rules[index];
    if (!rule) return;
    const { body } = rule;
    const before = round.found.length;
    if (body.type === 'single') {
      const hit = round.hits.get(body.predicate);
      if (hit) round.found.push(single(rule, index, hit));
      return;
    }
    for (const view of this.#viewsOf(index, body, round)) {
      const one = correlate(rule, body, index, view, round.observation, round.matched);
      if (one) round.found.push(one);
    }
    if (rule.feeds !== undefined) this.#feed(rule.feeds, round.found.slice(before), round);
  }

  /** A match of a rule that others are made of is a match for them. */
  #feed(predicate: number, found: readonly Correlation[], round: Round): void {
    const fired = found.find(({ path }) => path !== undefined);
    const last = fired?.path?.at(-1);
    if (!fired || !last) return;
    const call = round.observation.id;
    round.hits.set(predicate, { ...last, call, clockMs: 0, predicate, matched: fired.group });
    round.views.clear();
    for (const next of this.#byPredicate[predicate] ?? []) round.touched.add(next);
  }

  #rulesOf(hits: ReadonlyMap<number, Hit>): Iterable<number> {
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

  commit(correlations: readonly Correlation[], observation: Observation, groups: Groups): void {
    for (const { rule, index, key, commit, context } of correlations) {
      if (key === undefined || (!commit && context.length === 0)) continue;
      const group = groups.touch(key, timeOf(observation));
      const state = group.states.get(index) ?? create(rule.body, group, index);
      commit?.(state);
      for (const hit of context) {
        state.context = [...state.context.filter((old) => old.predicate !== hit.predicate), hit];
      }
    }
  }

  /**
   * One view where the rule groups by fields; with aliases, one for each key that its predicates
   * give.
   */
  #viewsOf(
    index: number,
    body: CorrelationBody,
    { hits, observation, groups, views }: Round,
  ): Iterable<View> {
    const signature = this.#signatures[index];
    if (signature === undefined) return aliasViews(body, index, hits, observation, groups);
    let view = views.get(signature);
    if (!view) {
      const key = keyOf(body, signature, observation, -1);
      view = viewOf(key, hits.values(), observation, groups);
      views.set(signature, view);
    }
    return [view];
  }
}

/** Without rules that are made of others, there is nothing to put in order. */
function ranksOf(rules: readonly Rule[]): readonly (readonly number[] | undefined)[] {
  const makers = new Map(
    rules.flatMap(({ feeds }, index) => (feeds === undefined ? [] : [[feeds, index] as const])),
  );
  if (makers.size === 0) return [undefined];
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
  return [...byRank.keys()].sort((a, b) => a - b).map((rank) => byRank.get(rank));
}

function aliasViews(
  body: CorrelationBody,
  index: number,
  hits: ReadonlyMap<number, Hit>,
  observation: Observation,
  groups: Groups,
): readonly View[] {
  const own = usesOf(body).flatMap((predicate) => hits.get(predicate) ?? []);
  const byKey = Map.groupBy(new Set(own), (hit) =>
    keyOf(body, `alias ${index}`, observation, hit.predicate),
  );
  return [...byKey].map(([key, some]) => viewOf(key, some, observation, groups));
}

function viewOf(
  key: string | undefined,
  hits: Iterable<Hit>,
  observation: Observation,
  groups: Groups,
): View {
  if (key === undefined) return { key, group: undefined, hits: new Map() };
  const clockMs = groups.peek(key, timeOf(observation));
  const timed = new Map<number, Hit>();
  for (const hit of hits) timed.set(hit.predicate, { ...hit, clockMs });
  return { key, group: groups.byKey.get(key), hits: timed };
}

function correlate(
  rule: Rule,
  body: CorrelationBody,
  index: number,
  { key, group, hits }: View,
  observation: Observation,
  matched: ReadonlySet<number> | undefined,
): Correlation | undefined {
  if (key === undefined) return undefined;
  const state = group?.states.get(index);
  const advanced = advanceBody(body, hits, state, observation, matched);
  const context =
    body.context.length === 0 ? NO_HITS : body.context.flatMap((one) => hits.get(one) ?? []);
  const path = advanced.path && withContext(advanced.path, body, state);
  const values = path ? groupOf(body, observation, path.at(-1)?.predicate ?? -1) : NO_GROUP;
  return { path, commit: advanced.commit, rule, index, group: values, key, context };
}

/** A rule of one predicate: no state, no group. */
const single = (rule: Rule, index: number, hit: Hit): Correlation => ({
  path: [hit],
  commit: undefined,
  rule,
  index,
  group: NO_GROUP,
  key: undefined,
  context: NO_HITS,
});

const usesOf = (body: RuleBody): readonly number[] =>
  body.type === 'single' ? [body.predicate] : [...body.predicates, ...body.context];

function signatureOf(body: RuleBody): string | undefined {
  if (body.type === 'single') return '';
  if (body.group.some(({ isAlias }) => isAlias)) return undefined;
  return body.group.map(({ name }) => name).join(' ');
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
    const before = state?.type === 'ordered' ? state : undefined;
    return advanceOrdered(body.predicates, body.alternatives, body.spanMs, hits, before);
  }
  if (!body.predicates.some((predicate) => hits.has(predicate))) return NOTHING;
  if ('alternatives' in body) {
    const before = state?.type === 'unordered' ? state : undefined;
    return advanceUnordered(body.predicates, body.alternatives, body.spanMs, hits, before);
  }
  const hit = body.predicates.map((predicate) => hits.get(predicate)).find((one) => one);
  // A call counts once, at its first match.
  if (!hit || body.predicates.some((predicate) => matched?.has(predicate))) return NOTHING;
  const value = body.value?.(observation);
  if (body.value && value === undefined) return NOTHING;
  const counted = value === undefined ? hit : { ...hit, value };
  return advanceCount(body, counted, state?.type === 'count' ? state : undefined);
}

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

function create(body: RuleBody, group: Group, index: number): RuleState {
  let state: RuleState;
  if (body.type === 'temporal_ordered') state = { type: 'ordered', chains: [], context: NO_HITS };
  else if (body.type === 'temporal') state = { type: 'unordered', slots: [], context: NO_HITS };
  else state = { type: 'count', hits: NO_HITS, context: NO_HITS };
  group.states.set(index, state);
  return state;
}
