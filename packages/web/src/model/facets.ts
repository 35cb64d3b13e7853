import { type Alert, IDENTITY_LEVELS, type IdentityLevel, type Level } from '@spoor/core';
import { isOpen, SEVERITY, STATUS_WORDS } from './kinds.ts';

/** One value that alerts can be narrowed by, and how many have it. */
export interface Facet {
  readonly term: string;
  readonly word: string;
  readonly count: number;
  readonly level?: Level;
  readonly identity?: IdentityLevel;
}

export interface FacetGroup {
  readonly title: string;
  readonly facets: readonly Facet[];
}

export function alertFacets(alerts: readonly Alert[]): readonly FacetGroup[] {
  const levels = tally(alerts, (alert) => alert.rule.level)
    .sort(([a], [b]) => SEVERITY[b].rank - SEVERITY[a].rank)
    .map(([level, count]) => ({
      term: `level:${level}`,
      word: SEVERITY[level].word,
      count,
      level,
    }));
  const identities = IDENTITY_LEVELS.flatMap((identity) => {
    const count = alerts.filter(({ detection }) => detection.who?.level === identity).length;
    return count === 0 ? [] : [{ term: `identity:${identity}`, word: identity, count, identity }];
  });
  const statuses = tally(alerts, (alert) => alert.status).map(([status, count]) => ({
    term: `status:${status}`,
    word: STATUS_WORDS[status],
    count,
  }));
  const rules = tally(alerts, (alert) => alert.rule.id)
    .sort(([, a], [, b]) => b - a)
    .map(([rule, count]) => ({ term: `rule:${rule}`, word: rule, count }));
  const open = alerts.filter(isOpen).length;
  return [
    { title: 'State', facets: [{ term: 'is:open', word: 'Open', count: open }] },
    { title: 'Level', facets: levels },
    { title: 'Identity', facets: identities },
    { title: 'Status', facets: statuses },
    { title: 'Rule', facets: rules },
  ];
}

function tally<Key extends string>(
  alerts: readonly Alert[],
  keyOf: (alert: Alert) => Key,
): [Key, number][] {
  const counts = new Map<Key, number>();
  for (const alert of alerts) counts.set(keyOf(alert), (counts.get(keyOf(alert)) ?? 0) + 1);
  return [...counts];
}
