/**
 * Gradient boosting of small trees for log-loss, with bounds on which way a feature may move the
 * score: as others do it (Friedman 2001; histograms and best-first growth as in LightGBM, bounds as
 * in XGBoost's monotone constraints). No randomness: the same rows give the same trees.
 */
import type { Parameters, Tree } from '@spoor/detect/subversion';

export interface Row {
  readonly values: readonly number[];
  /** 1 where the call was ordered by a result. */
  readonly target: number;
  readonly weight: number;
}

export interface BoostOptions {
  readonly features: readonly string[];
  /** 1 only up, -1 only down, 0 either way. */
  readonly signs: readonly number[];
  readonly trees: number;
  readonly leaves: number;
  readonly rate: number;
  readonly rowsMin: number;
  readonly l2: number;
}

export const OPTIONS: Omit<BoostOptions, 'features' | 'signs'> = {
  trees: 150,
  leaves: 8,
  rate: 0.06,
  rowsMin: 30,
  l2: 5,
};

const BINS_MAX = 48;

interface Binned {
  /** By feature: upper ends of bins. */
  readonly edges: readonly (readonly number[])[];
  readonly bins: readonly Uint8Array[];
}

export function boost(rows: readonly Row[], options: BoostOptions): Omit<Parameters, 'threshold'> {
  const binned = bin(rows, options.features.length);
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  const positive = rows.reduce((sum, { weight, target }) => sum + weight * target, 0);
  const bias = Math.log(positive / (total - positive));
  const sums = new Float64Array(rows.length).fill(bias);
  const gradients = new Float64Array(rows.length);
  const curvatures = new Float64Array(rows.length);
  const trees: Tree[] = [];
  for (let n = 0; n < options.trees; n++) {
    for (const [i, { target, weight }] of rows.entries()) {
      const p = 1 / (1 + Math.exp(-(sums[i] ?? 0)));
      gradients[i] = weight * (p - target);
      curvatures[i] = weight * p * (1 - p);
    }
    trees.push(new Grower(binned, gradients, curvatures, options).grow(sums));
  }
  return { features: options.features, bias: round(bias), trees };
}

function bin(rows: readonly Row[], features: number): Binned {
  const edges: number[][] = [];
  const bins: Uint8Array[] = [];
  for (let f = 0; f < features; f++) {
    const values = rows.map((row) => row.values[f] ?? 0);
    const distinct = [...new Set(values)].sort((a, b) => a - b);
    const kept = distinct.length <= BINS_MAX ? distinct : quantiles(values);
    edges.push(kept.map((edge, i) => round((edge + (kept[i + 1] ?? edge)) / 2)));
    bins.push(Uint8Array.from(values, (value) => kept.findIndex((edge) => value <= edge)));
  }
  return { edges, bins };
}

function quantiles(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const ends = Array.from({ length: BINS_MAX }, (_, i) => {
    return sorted[Math.ceil(((i + 1) * sorted.length) / BINS_MAX) - 1] ?? 0;
  });
  return [...new Set(ends)];
}

const round = (value: number): number => Number(value.toPrecision(6));

interface Leaf {
  readonly node: number;
  readonly rows: Uint32Array;
  readonly low: number;
  readonly high: number;
  readonly value: number;
  readonly split: Split | undefined;
}

interface Split {
  readonly feature: number;
  readonly bin: number;
  readonly gain: number;
  readonly left: number;
  readonly right: number;
}

/** One tree, grown where it gains most. */
class Grower {
  readonly #binned: Binned;
  readonly #g: Float64Array;
  readonly #h: Float64Array;
  readonly #options: BoostOptions;
  readonly #tree = {
    feature: [] as number[],
    threshold: [] as number[],
    left: [] as number[],
    right: [] as number[],
    value: [] as number[],
  };

  constructor(binned: Binned, g: Float64Array, h: Float64Array, options: BoostOptions) {
    this.#binned = binned;
    this.#g = g;
    this.#h = h;
    this.#options = options;
  }

  /** @param sums what all trees say of each row; this one's part is added */
  grow(sums: Float64Array): Tree {
    const all = Uint32Array.from({ length: sums.length }, (_, i) => i);
    let leaves = [this.#leaf(all, -Infinity, Infinity, this.#best(all))];
    while (leaves.length < this.#options.leaves) {
      const [best] = [...leaves].sort((a, b) => (b.split?.gain ?? 0) - (a.split?.gain ?? 0));
      if (best?.split === undefined) break;
      leaves = [...leaves.filter((leaf) => leaf !== best), ...this.#divide(best, best.split)];
    }
    for (const { rows, value } of leaves) {
      const said = value * this.#options.rate;
      for (const row of rows) sums[row] = (sums[row] ?? 0) + said;
    }
    return this.#tree;
  }

  /** What the rows say by themselves. */
  #best(rows: Uint32Array): number {
    let [g, h] = [0, 0];
    for (const row of rows) {
      g += this.#g[row] ?? 0;
      h += this.#h[row] ?? 0;
    }
    return -g / (h + this.#options.l2);
  }

  #leaf(rows: Uint32Array, low: number, high: number, value: number): Leaf {
    const { feature, threshold, left, right, value: values } = this.#tree;
    const node = values.length;
    feature.push(0);
    threshold.push(0);
    left.push(-1);
    right.push(-1);
    values.push(round(value * this.#options.rate));
    return { node, rows, low, high, value, split: this.#search(rows, low, high) };
  }

  #divide({ node, rows, low, high }: Leaf, split: Split): Leaf[] {
    const bins = this.#binned.bins[split.feature] ?? new Uint8Array(0);
    const isLeft = (row: number): boolean => (bins[row] ?? 0) <= split.bin;
    const sign = this.#options.signs[split.feature] ?? 0;
    const middle = (split.left + split.right) / 2;
    const [leftHigh, rightLow] = sign > 0 ? [middle, middle] : [high, low];
    const [leftLow, rightHigh] = sign < 0 ? [middle, middle] : [low, high];
    const left = this.#leaf(rows.filter(isLeft), leftLow, leftHigh, split.left);
    const right = this.#leaf(
      rows.filter((row) => !isLeft(row)),
      rightLow,
      rightHigh,
      split.right,
    );
    this.#tree.feature[node] = split.feature;
    this.#tree.threshold[node] = this.#binned.edges[split.feature]?.[split.bin] ?? 0;
    this.#tree.left[node] = left.node;
    this.#tree.right[node] = right.node;
    return [left, right];
  }

  #search(rows: Uint32Array, low: number, high: number): Split | undefined {
    if (rows.length < 2 * this.#options.rowsMin) return undefined;
    let best: Split | undefined;
    for (let feature = 0; feature < this.#binned.bins.length; feature++) {
      const split = this.#searchIn(feature, rows, low, high);
      if (split !== undefined && split.gain > (best?.gain ?? 1e-7)) best = split;
    }
    return best;
  }

  #searchIn(feature: number, rows: Uint32Array, low: number, high: number): Split | undefined {
    const { g, h, n } = this.#histogram(feature, rows);
    const { l2, rowsMin, signs } = this.#options;
    const sign = signs[feature] ?? 0;
    const [allG, allH] = [sumOf(g), sumOf(h)];
    const say = (sumG: number, sumH: number): number =>
      Math.min(high, Math.max(low, -sumG / (sumH + l2)));
    const lossOf = (sumG: number, sumH: number, value: number): number =>
      sumG * value + 0.5 * (sumH + l2) * value * value;
    const whole = lossOf(allG, allH, say(allG, allH));
    let best: Split | undefined;
    let [leftG, leftH, leftN] = [0, 0, 0];
    for (let at = 0; at < g.length - 1; at++) {
      leftG += g[at] ?? 0;
      leftH += h[at] ?? 0;
      leftN += n[at] ?? 0;
      const left = say(leftG, leftH);
      const right = say(allG - leftG, allH - leftH);
      const isAllowed = Math.min(leftN, rows.length - leftN) >= rowsMin;
      if (!isAllowed || sign * (right - left) < 0) continue;
      const gain = whole - lossOf(leftG, leftH, left) - lossOf(allG - leftG, allH - leftH, right);
      if (gain > (best?.gain ?? 0)) best = { feature, bin: at, gain, left, right };
    }
    return best;
  }

  #histogram(feature: number, rows: Uint32Array) {
    const bins = this.#binned.bins[feature] ?? new Uint8Array(0);
    const count = this.#binned.edges[feature]?.length ?? 0;
    const [g, h, n] = [new Float64Array(count), new Float64Array(count), new Uint32Array(count)];
    for (const row of rows) {
      const at = bins[row] ?? 0;
      g[at] = (g[at] ?? 0) + (this.#g[row] ?? 0);
      h[at] = (h[at] ?? 0) + (this.#h[row] ?? 0);
      n[at] = (n[at] ?? 0) + 1;
    }
    return { g, h, n };
  }
}

const sumOf = (list: Float64Array): number => list.reduce((sum, value) => sum + value, 0);
