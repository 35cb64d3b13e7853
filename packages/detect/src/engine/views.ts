import type { Observation } from '@spoor/core';
import type { CorrelationBody } from './advance.ts';
import type { Group, Groups } from './groups.ts';
import { type Hit, timeOf } from './states.ts';

/** The matches of one observation as one group sees them. */
export interface View {
  /** Undefined where a group-by field has no value: then the observation belongs to no group. */
  readonly key: string | undefined;
  readonly group: Group | undefined;
  /** With the time of the group's clock. */
  readonly hits: ReadonlyMap<number, Hit>;
  /** A rule has seen nothing in this group before. */
  isFirst: boolean;
}

/** Rules that group by the same fields share a key; undefined where aliases make it their own. */
export function signatureOf(body: CorrelationBody): string | undefined {
  if (body.group.some(({ isAlias }) => isAlias)) return undefined;
  return body.group.map(({ name }) => name).join(' ');
}

export function keyOf(
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

export function viewOf(
  key: string | undefined,
  hits: ReadonlyMap<number, Hit>,
  observation: Observation,
  groups: Groups,
): View {
  if (key === undefined) return { key, group: undefined, hits: NO_VIEW, isFirst: false };
  const group = groups.byKey.get(key);
  const clockMs = groups.clockOf(group, timeOf(observation));
  return { key, group, hits: atTime(hits, clockMs), isFirst: false };
}

const NO_VIEW: ReadonlyMap<number, Hit> = new Map();

/** The same ones where the group's clock shows what was observed, as nearly all do. */
function atTime(hits: ReadonlyMap<number, Hit>, clockMs: number): ReadonlyMap<number, Hit> {
  for (const hit of hits.values()) {
    if (hit.clockMs === clockMs) continue;
    return new Map([...hits].map(([predicate, one]) => [predicate, { ...one, clockMs }]));
  }
  return hits;
}

/** One for each key that the predicates of a rule with aliases give. */
export function aliasViews(
  body: CorrelationBody,
  index: number,
  hits: ReadonlyMap<number, Hit>,
  observation: Observation,
  groups: Groups,
): readonly View[] {
  const own = [...hits].filter(
    ([predicate]) => body.predicates.includes(predicate) || body.context.includes(predicate),
  );
  const byKey = Map.groupBy(own, ([predicate]) =>
    keyOf(body, `alias ${index}`, observation, predicate),
  );
  return [...byKey].map(([key, some]) => viewOf(key, new Map(some), observation, groups));
}
