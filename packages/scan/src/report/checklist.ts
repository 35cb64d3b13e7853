import type { CheckResult } from '../finding.ts';
import { judge, type Requirement, type Verdict } from './requirement.ts';

export type ChecklistRow = Verdict;

/** OWASP MCP Top 10 (2025), MCP08: lack of audit and telemetry, its checklist turned to demands. */
export const MCP08: readonly Requirement[] = [
  {
    demand: 'Activity is logged in a structured form, such as OpenTelemetry',
    checks: ['telemetry-present'],
  },
  {
    demand: 'Logs are kept centrally, long enough, and protected against change',
    checks: [],
    unseen: 'where records lie cannot be seen from outside',
  },
  {
    demand: 'Tool calls are captured and can be joined to what caused them',
    checks: ['telemetry-present', 'trace-continued'],
  },
  {
    demand: 'Failures are captured, and none is sampled away',
    checks: ['error-spans', 'security-events-sampled', 'sampling-by-client'],
  },
  {
    demand: 'Records name the user, the time and the version of their schema',
    checks: [],
    unseen: 'the scanner is no user of the server',
  },
  {
    demand: 'Unusual use raises an alert',
    checks: [],
    unseen: 'alerting stands behind the server',
  },
  {
    demand: 'Content is redacted rather than everything left out',
    checks: ['telemetry-present', 'telemetry-arguments', 'telemetry-results', 'stderr-payloads'],
  },
  {
    demand: 'Retention is decided',
    checks: [],
    unseen: 'retention is the owner’s decision',
  },
];

export const checklistOf = (
  rows: readonly Requirement[],
  results: readonly CheckResult[],
): readonly ChecklistRow[] => rows.map((row) => judge(row, results));
