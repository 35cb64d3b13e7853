import type { CheckResult, Severity } from '../finding.ts';

export type Grade = 'A' | 'B' | 'C' | 'D' | 'F';
export type Tier = 'gold' | 'silver' | 'bronze' | 'none';

const FULL = 100;

/** Each failed check costs its points once, however often it is found. */
export const scoreOf = (results: readonly CheckResult[]): number =>
  Math.max(0, FULL - results.reduce((sum, result) => sum + pointsOf(result), 0));

const pointsOf = (result: CheckResult): number =>
  result.status === 'failed' ? result.check.points : 0;

const GRADES: readonly (readonly [from: number, grade: Grade])[] = [
  [90, 'A'],
  [80, 'B'],
  [70, 'C'],
  [60, 'D'],
];

export const gradeOf = (score: number): Grade => GRADES.find(([from]) => score >= from)?.[1] ?? 'F';

/** Severities from the gravest on. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

const isAtLeast = (severity: Severity, than: Severity): boolean =>
  SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(than);

export const hasFailed = (results: readonly CheckResult[], from: Severity): boolean =>
  results.some(({ check, status }) => status === 'failed' && isAtLeast(check.severity, from));

/** What must have been tested for a tier that speaks of tracing. */
const TRACING: readonly string[] = ['telemetry-arguments', 'telemetry-results', 'trace-ids'];

const SILVER_FROM = 85;
const BRONZE_FROM = 60;

/**
 * A tier is more than a score: it needs that tracing was tested, so a server that exports nothing,
 * of which nothing is known, is bronze at most.
 */
export function tierOf(results: readonly CheckResult[]): Tier {
  const score = scoreOf(results);
  const tested = TRACING.every((id) =>
    results.some(({ check, status }) => check.id === id && status === 'passed'),
  );
  if (hasFailed(results, 'critical') || score < BRONZE_FROM) return 'none';
  if (!tested || hasFailed(results, 'high') || score < SILVER_FROM) return 'bronze';
  return hasFailed(results, 'medium') ? 'silver' : 'gold';
}
