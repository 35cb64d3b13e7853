import type { Observation } from '@spoor/core';
import type { Rule, RuleSet } from '../../src/index.ts';
import { complete, countable, type Match, measure, ordered } from './meanings.ts';

/** What fired: rule, `seq`, group. */
export type Firing = string;

/**
 * The engine's meaning without its cleverness: keeps every match for ever and tries every
 * combination. Slow, and short enough to be believed.
 */
export class Oracle {
  readonly #rules: RuleSet;
  /** Rules and groups that were met when they were last looked at. */
  readonly #held = new Map<string, boolean>();
  #past: Match[] = [];

  constructor(rules: RuleSet) {
    this.#rules = rules;
  }

  /** In `enforce`: a rule that denies stops a pending call, which then has not happened. */
  step(observation: Observation): readonly Firing[] {
    const fed = new Set<number>();
    const now: Match[] = [];
    const held: [string, boolean][] = [];
    const fired: { name: string; rule: Rule }[] = [];
    // Rules that others are made of come first.
    const rules = this.#rules.rules.toSorted(
      (a, b) => Number(a.feeds === undefined) - Number(b.feeds === undefined),
    );
    for (const rule of rules) {
      const own = this.#matches(rule, observation, fed);
      now.push(...own);
      for (const [name, group] of Map.groupBy(own, (one) => `${rule.ref.id} ${one.group}`)) {
        const [was, is] = this.#met(name, group);
        held.push([name, is]);
        if (!is || was) continue;
        fired.push({ name, rule });
        if (rule.feeds !== undefined) fed.add(rule.feeds);
      }
    }
    const loud = fired.filter(({ rule }) => rule.silent !== true);
    const denied =
      observation.outcome === 'pending' && loud.some(({ rule }) => rule.response === 'deny');
    if (!denied) {
      this.#past.push(...now);
      for (const [name, is] of held) this.#held.set(name, is);
    }
    return loud.map(({ name }) => `${observation.seq} ${name}`).sort();
  }

  #matches(rule: Rule, observation: Observation, fed: ReadonlySet<number>): readonly Match[] {
    const { body } = rule;
    const own = body.type === 'single' ? [body.predicate] : [...new Set(body.predicates)];
    return own.flatMap((predicate) => {
      const once = this.#past.some(
        (match) =>
          match.rule === rule &&
          match.predicate === predicate &&
          match.observation.id === observation.id,
      );
      const evaluation = {
        observation,
        answer: (_: number, ask: (o: Observation) => boolean) => ask(observation),
      };
      const holds = this.#rules.predicates[predicate]?.test(evaluation) === true && !once;
      if (!holds && !fed.has(predicate)) return [];
      const fields = body.type === 'single' ? [] : body.group;
      const values = fields.map((field) => field.get(observation, predicate));
      if (values.includes(undefined)) return [];
      return [{ rule, predicate, observation, group: values.join(' ') }];
    });
  }

  /** Was it met before, and is it now? */
  #met(name: string, now: readonly Match[]): readonly [boolean, boolean] {
    const [match] = now;
    if (!match) return [false, false];
    const { body } = match.rule;
    if (body.type === 'single') return [false, true];
    const past = this.#past.filter(
      (old) =>
        old.rule === match.rule &&
        old.group === match.group &&
        match.observation.time.hubMs - old.observation.time.hubMs <= body.spanMs,
    );
    const held = this.#held.get(name) === true;
    if (body.type === 'temporal_ordered')
      return [false, body.alternatives.some((way) => ordered(body.predicates, way, past, now))];
    if ('alternatives' in body) {
      const met = (matches: readonly Match[]): boolean =>
        body.alternatives.some((way) => complete(body.predicates, way, matches));
      return [held && met(past), met([...past, ...now])];
    }
    const met = (matches: readonly Match[]): boolean => {
      const counted = countable(body, matches);
      return counted.length > 0 && body.isMet(measure(body, counted));
    };
    return [held && met(past), met([...past, ...now])];
  }
}
