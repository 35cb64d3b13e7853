import type { Observation } from '@spoor/core';
import type { Rule, RuleBody, RuleSet } from '../../src/index.ts';

/** What fired: rule, `seq`, group. */
export type Firing = string;

interface Match {
  readonly rule: Rule;
  readonly predicate: number;
  readonly observation: Observation;
  readonly group: string;
}

type Correlation = Exclude<RuleBody, { type: 'single' }>;

/**
 * The engine's meaning without its cleverness: keeps every match for ever and tries every
 * combination. Slow, and short enough to be believed.
 */
export class Oracle {
  readonly #rules: RuleSet;
  #past: Match[] = [];

  constructor(rules: RuleSet) {
    this.#rules = rules;
  }

  /** In `enforce`: a rule that denies stops a pending call, which then has not happened. */
  step(observation: Observation): readonly Firing[] {
    const now = this.#rules.rules.flatMap((rule) => this.#matches(rule, observation));
    const fired = [...Map.groupBy(now, (match) => `${match.rule.ref.id} ${match.group}`)].flatMap(
      ([name, own]) => (this.#fires(own) ? [{ name, deny: own[0]?.rule.response === 'deny' }] : []),
    );
    const denied = observation.outcome === 'pending' && fired.some(({ deny }) => deny);
    if (!denied) this.#past.push(...now);
    return fired.map(({ name }) => `${observation.seq} ${name}`).sort();
  }

  #matches(rule: Rule, observation: Observation): readonly Match[] {
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
      if (once || !this.#rules.predicates[predicate]?.test(evaluation)) return [];
      const fields = body.type === 'single' ? [] : body.group;
      const values = fields.map((field) => field.get(observation, predicate));
      if (values.includes(undefined)) return [];
      return [{ rule, predicate, observation, group: values.join(' ') }];
    });
  }

  #fires(now: readonly Match[]): boolean {
    const [match] = now;
    if (!match) return false;
    const { body } = match.rule;
    if (body.type === 'single') return true;
    const past = this.#past.filter(
      (old) =>
        old.rule === match.rule &&
        old.group === match.group &&
        match.observation.time.hubMs - old.observation.time.hubMs <= body.spanMs,
    );
    if (body.type === 'temporal_ordered') return ordered(body.predicates, past, now);
    if (body.type === 'temporal') {
      return !complete(body.predicates, past) && complete(body.predicates, [...past, ...now]);
    }
    const key = countedBy(body);
    return !body.enough(distinct(past, key)) && body.enough(distinct([...past, ...now], key));
  }
}

/** Is there a chain of different calls, one for each step, that ends now? */
function ordered(steps: readonly number[], past: readonly Match[], now: readonly Match[]): boolean {
  const search = (step: number, before: number, used: readonly string[]): boolean =>
    step < 0 ||
    past.some(
      ({ predicate, observation: { id, seq } }) =>
        predicate === steps[step] &&
        seq < before &&
        !used.includes(id) &&
        search(step - 1, seq, [...used, id]),
    );
  const last = steps.length - 1;
  return now.some(
    ({ predicate, observation: { id, seq } }) =>
      predicate === steps[last] && search(last - 1, seq, [id]),
  );
}

/** Can every rule have a call of its own? */
function complete(predicates: readonly number[], matches: readonly Match[]): boolean {
  const search = (slot: number, used: readonly string[]): boolean =>
    slot === predicates.length ||
    matches.some(
      ({ predicate, observation: { id } }) =>
        predicate === predicates[slot] && !used.includes(id) && search(slot + 1, [...used, id]),
    );
  return search(0, []);
}

/** Calls count by their id; values by themselves, of the first match of each call. */
const countedBy = (body: Correlation): ((match: Match) => string | undefined) =>
  body.type === 'value_count'
    ? ({ observation }) => body.value?.(observation)
    : ({ observation }) => observation.id;

function distinct(matches: readonly Match[], key: (match: Match) => string | undefined): number {
  return new Set(matches.flatMap((match) => key(match) ?? [])).size;
}
