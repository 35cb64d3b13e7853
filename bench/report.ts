/** What one bench measured; budgets name its figures. */
export interface Report {
  readonly name: string;
  readonly unit: string;
  readonly figures: Readonly<Record<string, number>>;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** Milliseconds of one run of `work`, over about `ms`. */
export function timeOf(work: () => unknown, ms: number): number {
  const start = performance.now();
  let runs = 0;
  let took = 0;
  while (took < ms) {
    work();
    runs++;
    took = performance.now() - start;
  }
  return took / runs;
}
