import type { SubversionTerm } from '@spoor/core';
import { FEATURES, type Features } from './features.ts';

/**
 * A sum of small decision trees, in log-odds: what `scripts/subversion` writes. A leaf has `left`
 * -1; a row goes left where its feature is at most the threshold.
 */
export interface Parameters {
  /** By these names, so that another order of features cannot pass unnoticed. */
  readonly features: readonly string[];
  readonly bias: number;
  readonly trees: readonly Tree[];
  /** Probability at which a score is 0.5. */
  readonly threshold: number;
}

/** One entry a node; the root is the first. */
export interface Tree {
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Of every node: what would be said if the tree ended there. */
  readonly value: readonly number[];
}

export const valuesOf = (features: Features): readonly number[] =>
  FEATURES.map(({ name }) => features[name]);

/** Probability that a call with these features does what a result ordered. */
export function rawScore({ bias, trees }: Parameters, row: readonly number[]): number {
  let sum = bias;
  for (const tree of trees) sum += tree.value[leafOf(tree, row)] ?? 0;
  return 1 / (1 + Math.exp(-sum));
}

function leafOf({ feature, threshold, left, right }: Tree, row: readonly number[]): number {
  let node = 0;
  while ((left[node] ?? -1) >= 0)
    node = isLeft(row, feature, threshold, node) ? at(left, node) : at(right, node);
  return node;
}

const at = (list: readonly number[], index: number): number => list[index] ?? 0;

const isLeft = (
  row: readonly number[],
  feature: readonly number[],
  threshold: readonly number[],
  node: number,
): boolean => at(row, at(feature, node)) <= at(threshold, node);

/** The probability on a scale on which 0.5 is where the shipped rule speaks. */
export function scoreOf({ threshold }: Parameters, probability: number): number {
  const scaled =
    probability < threshold
      ? (0.5 * probability) / threshold
      : 0.5 + (0.5 * (probability - threshold)) / (1 - threshold);
  return Math.round(scaled * 1_000) / 1_000;
}

/**
 * What each feature adds: at every node on the way down, the change of what the tree would say.
 * Their sum, and the bias with what every tree says at its root, are the log-odds.
 */
export function contributions({ trees }: Parameters, row: readonly number[]): number[] {
  const weights = FEATURES.map(() => 0);
  for (const tree of trees) {
    const { feature, threshold, left, right, value } = tree;
    let node = 0;
    while (at(left, node) >= 0 && left.length > 1) {
      if (left[node] === -1) break;
      const next = isLeft(row, feature, threshold, node) ? at(left, node) : at(right, node);
      const index = at(feature, node);
      weights[index] = at(weights, index) + at(value, next) - at(value, node);
      node = next;
    }
  }
  return weights;
}

/** Terms shown of one call. */
const TERMS_MAX = 6;

/** What speaks most for the score, then what speaks most against it. */
export function termsOf(parameters: Parameters, row: readonly number[]): SubversionTerm[] {
  const weights = contributions(parameters, row);
  return FEATURES.map(({ name }, i) => ({
    feature: name,
    value: Math.round(at(row, i) * 100) / 100,
    weight: Math.round(at(weights, i) * 100) / 100,
  }))
    .filter(({ weight }) => Math.abs(weight) >= 0.05)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, TERMS_MAX);
}
