/** What a witness sees of its logs: how far each has come, and which have fallen silent. */
import { toHex } from '@spoor/core';
import type { Held } from '@spoor/ledger/witness';

export interface LogStatus {
  readonly origin: string;
  /** 0 before the first checkpoint. */
  readonly size: number;
  readonly root: string;
  /** When it last grew; undefined before the first checkpoint. */
  readonly cosignedMs?: number;
  readonly ageMs?: number;
  /** Has it not grown for longer than its heartbeats allow? */
  readonly silent: boolean;
}

/** Logs that are known, in order, and how they stand. A log that never spoke is silent. */
export function logStatus(
  origins: readonly string[],
  held: readonly Held[],
  nowMs: number,
  silentAfterMs: number,
): LogStatus[] {
  return origins.map((origin) => {
    const one = held.find((candidate) => candidate.origin === origin);
    if (one === undefined) return { origin, size: 0, root: '', silent: true };
    const ageMs = nowMs - one.timeMs;
    const { size, timeMs: cosignedMs } = one;
    const silent = ageMs > silentAfterMs;
    return { origin, size, root: toHex(one.root), cosignedMs, ageMs, silent };
  });
}

const quoted = (text: string): string =>
  `"${text.replace(/[\\"\n]/g, (letter) => (letter === '\n' ? '\\n' : `\\${letter}`))}"`;

/** Prometheus' text format. */
export function witnessMetrics(
  statuses: readonly LogStatus[],
  answers: Readonly<Record<string, number>>,
): string {
  const rows = (name: string, value: (one: LogStatus) => number | undefined): string[] =>
    statuses.flatMap((one) => {
      const of = value(one);
      return of === undefined ? [] : [`${name}{origin=${quoted(one.origin)}} ${of}`];
    });
  return [
    '# HELP spoor_witness_answers_total Answers by HTTP status',
    '# TYPE spoor_witness_answers_total counter',
    ...Object.entries(answers).map(([s, n]) => `spoor_witness_answers_total{status="${s}"} ${n}`),
    '# HELP spoor_witness_log_size Entries of the newest checkpoint that was cosigned',
    '# TYPE spoor_witness_log_size gauge',
    ...rows('spoor_witness_log_size', ({ size }) => size),
    '# HELP spoor_witness_log_age_seconds Time since the log last grew',
    '# TYPE spoor_witness_log_age_seconds gauge',
    ...rows('spoor_witness_log_age_seconds', ({ ageMs }) => ageMs && Math.round(ageMs / 1_000)),
    '# HELP spoor_witness_log_silent Has the log not grown for longer than it may?',
    '# TYPE spoor_witness_log_silent gauge',
    ...rows('spoor_witness_log_silent', ({ silent }) => (silent ? 1 : 0)),
    '',
  ].join('\n');
}
