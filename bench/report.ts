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
