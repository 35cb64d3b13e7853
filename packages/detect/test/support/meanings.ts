import type { Observation } from '@spoor/core';
import type { Rule } from '../../src/index.ts';
import type { Alternative } from '../../src/rules/types.ts';

/** What the types of correlations mean, by trying everything. */
export interface Match {
  readonly rule: Rule;
  readonly predicate: number;
  readonly observation: Observation;
  readonly group: string;
}

/** Is there a chain of different calls, one for each step, that ends now and that nothing ends? */
export function ordered(
  predicates: readonly number[],
  { steps, never }: Alternative,
  past: readonly Match[],
  now: readonly Match[],
): boolean {
  const all = [...past, ...now];
  const ends = (from: number): boolean =>
    all.some(
      ({ predicate, observation: { seq } }) =>
        seq >= from && never.some((slot) => predicates[slot] === predicate),
    );
  const search = (step: number, before: number, used: readonly string[], first: number): boolean =>
    step < 0
      ? !ends(first)
      : past.some(
          ({ predicate, observation: { id, seq } }) =>
            predicate === predicates[steps[step] ?? -1] &&
            seq < before &&
            !used.includes(id) &&
            search(step - 1, seq, [...used, id], seq),
        );
  const last = steps.length - 1;
  return now.some(
    ({ predicate, observation: { id, seq } }) =>
      predicate === predicates[steps[last] ?? -1] && search(last - 1, seq, [id], seq),
  );
}

/** Can every step have a call of its own, with nothing there that must not be? */
export function complete(
  predicates: readonly number[],
  { steps, never }: Alternative,
  matches: readonly Match[],
): boolean {
  const search = (step: number, used: readonly string[]): boolean =>
    step === steps.length ||
    matches.some(
      ({ predicate, observation: { id } }) =>
        predicate === predicates[steps[step] ?? -1] &&
        !used.includes(id) &&
        search(step + 1, [...used, id]),
    );
  const blocked = matches.some(({ predicate }) =>
    never.some((slot) => predicates[slot] === predicate),
  );
  return !blocked && search(0, []);
}

type Counting = Extract<Rule['body'], { measure: string }>;

/** Each call once, by its first match; of `value_count` each value once. */
export function countable(body: Counting, matches: readonly Match[]): readonly string[] {
  const calls = new Map<string, string>();
  for (const { observation } of matches) {
    const value = body.value ? body.value(observation) : observation.id;
    if (value !== undefined && !calls.has(observation.id)) calls.set(observation.id, value);
  }
  return body.type === 'value_count' ? [...new Set(calls.values())] : [...calls.values()];
}

export function measure({ measure, percentile }: Counting, texts: readonly string[]): number {
  const values = texts.map(Number).sort((a, b) => a - b);
  const at = (index: number): number => values[index] ?? Number.NaN;
  const sum = values.reduce((a, b) => a + b, 0);
  const half = values.length >> 1;
  const rank = values.findIndex((_, i) => 100 * (i + 1) >= (percentile ?? 0) * values.length);
  return {
    count: texts.length,
    sum,
    avg: sum / values.length,
    min: at(0),
    max: at(values.length - 1),
    median: values.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2,
    percentile: at(rank),
  }[measure];
}
