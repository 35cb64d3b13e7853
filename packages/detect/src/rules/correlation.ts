import { DAY_MS, LIMITS } from '@spoor/core';
import type { YAMLMap } from 'yaml';
import { readAlternatives } from './alternatives.ts';
import { checkKeys, itemAt, oneOf, RuleFault, textAt, textsAt } from './document.ts';
import { type FindPredicate, readGroup } from './group.ts';
import { readCounting } from './threshold.ts';
import { CORRELATION_TYPES, type CountType, type RuleBody } from './types.ts';

/** `context` is ours: rules whose newest matches join the evidence of a chain. */
const KEYS: readonly string[] = [
  'type',
  'rules',
  'group-by',
  'timespan',
  'condition',
  'aliases',
  'context',
  'generate',
];

/** All that a correlation names. */
export function referencesOf(correlation: YAMLMap): readonly string[] {
  return [...ruleNames(correlation), ...textsAt(correlation, 'context')];
}

/** An extended condition may name the rules alone. */
function ruleNames(correlation: YAMLMap): readonly string[] {
  const condition: unknown = correlation.get('condition');
  if (correlation.has('rules') || typeof condition !== 'string')
    return textsAt(correlation, 'rules');
  const words = condition.match(/[^\s()]+/g) ?? [];
  return [...new Set(words.filter((word) => !/^(?:and|or|not)$/i.test(word)))];
}

export function readCorrelation(correlation: YAMLMap, find: FindPredicate): RuleBody {
  checkKeys(correlation, KEYS);
  const type = oneOf(correlation, 'type', CORRELATION_TYPES);
  const names = ruleNames(correlation);
  const resolve = (name: string, key: string): number => {
    const index = find(name);
    if (index !== undefined) return index;
    const node = itemAt(correlation, key, name) ?? correlation.get('condition', true);
    throw new RuleFault('unknown-rule', node, `no rule is called “${name}”`);
  };
  const predicates = names.map((name) => resolve(name, 'rules'));
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  const least = temporal && typeof correlation.get('condition') !== 'string' ? 2 : 1;
  if (predicates.length < least || predicates.length > LIMITS.ruleStepsMax) {
    const node: unknown = correlation.get('rules', true) ?? correlation;
    const range = `${least} to ${LIMITS.ruleStepsMax}`;
    throw new RuleFault('bad-value', node, `“rules” names ${range} rules`);
  }
  const context = textsAt(correlation, 'context');
  if (context.length > LIMITS.ruleStepsMax) {
    const message = `“context” names at most ${LIMITS.ruleStepsMax} rules`;
    throw new RuleFault('unbounded', correlation.get('context', true), message);
  }
  const shared = {
    predicates,
    context: context.map((name) => resolve(name, 'context')),
    group: readGroup(correlation, find),
    spanMs: readTimespan(correlation),
  };
  if (temporal) return { ...shared, type, alternatives: readAlternatives(correlation, names) };
  const counted: CountType = type;
  return { ...shared, type: counted, ...readCounting(correlation, counted) };
}

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: DAY_MS,
};

function readTimespan(correlation: YAMLMap): number {
  const text = textAt(correlation, 'timespan');
  const node: unknown = correlation.get('timespan', true);
  const parts = /^(\d{1,6})([smhdwMy])$/.exec(text);
  const spanMs = Number(parts?.[1]) * (UNITS_MS[parts?.[2] ?? ''] ?? Number.POSITIVE_INFINITY);
  if (Number.isNaN(spanMs) || spanMs === 0) {
    throw new RuleFault('bad-value', node, '“timespan” is a number and s, m, h or d: 30m');
  }
  if (spanMs <= LIMITS.ruleTimespanMaxMs) return spanMs;
  throw new RuleFault('unbounded', node, 'no rule remembers longer than a day');
}
