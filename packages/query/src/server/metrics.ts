const BUCKETS_S = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60] as const;

interface Timed {
  readonly buckets: number[];
  count: number;
  sumS: number;
}

/** Counts for `/metrics`, in Prometheus' text format. Labels are names of ours alone. */
export class Metrics {
  readonly #calls = new Map<string, number>();
  readonly #times = new Map<string, Timed>();
  #requests = 0;

  requested(): void {
    this.#requests += 1;
  }

  called(tool: string, code: string, ms: number): void {
    const key = `tool="${tool}",code="${code}"`;
    this.#calls.set(key, (this.#calls.get(key) ?? 0) + 1);
    const found = this.#times.get(tool);
    const timed = found ?? { buckets: BUCKETS_S.map(() => 0), count: 0, sumS: 0 };
    if (found === undefined) this.#times.set(tool, timed);
    timed.count += 1;
    timed.sumS += ms / 1_000;
    for (const [i, limit] of BUCKETS_S.entries())
      if (ms / 1_000 <= limit) timed.buckets[i] = (timed.buckets[i] ?? 0) + 1;
  }

  text(refused: number): string {
    const lines = [
      '# TYPE spoor_mcp_requests_total counter',
      `spoor_mcp_requests_total ${this.#requests}`,
      '# TYPE spoor_mcp_refused_total counter',
      `spoor_mcp_refused_total ${refused}`,
      '# TYPE spoor_mcp_calls_total counter',
      ...[...this.#calls].map(([labels, count]) => `spoor_mcp_calls_total{${labels}} ${count}`),
      '# TYPE spoor_mcp_call_duration_seconds histogram',
      ...[...this.#times].flatMap(([tool, { buckets, count, sumS }]) => [
        ...BUCKETS_S.map(
          (le, i) =>
            `spoor_mcp_call_duration_seconds_bucket{tool="${tool}",le="${le}"} ${buckets[i] ?? 0}`,
        ),
        `spoor_mcp_call_duration_seconds_bucket{tool="${tool}",le="+Inf"} ${count}`,
        `spoor_mcp_call_duration_seconds_sum{tool="${tool}"} ${sumS}`,
        `spoor_mcp_call_duration_seconds_count{tool="${tool}"} ${count}`,
      ]),
    ];
    return `${lines.join('\n')}\n`;
  }
}
