import type { Subversion, SubversionTerm } from '@spoor/core';
import { FEATURES } from './features.ts';

const words = new Map<string, string>(FEATURES.map((feature) => [feature.name, feature.words]));

/** A term for people: what was found, how much of it, and which way it speaks. */
export function describeTerm({ feature, value, weight }: SubversionTerm): string {
  const way = `${weight > 0 ? '+' : '−'}${Math.abs(weight).toFixed(2)}`;
  return `${words.get(feature) ?? feature}: ${value} (${way})`;
}

/** The score, and where the sentence stands that the call follows. */
export function describeScore({ score, follows }: Subversion): string {
  if (follows === undefined) return String(score);
  return `${score}, after line ${follows.line} of the result of ${follows.tool}`;
}
