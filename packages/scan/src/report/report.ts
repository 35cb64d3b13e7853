import type { CheckResult } from '../finding.ts';
import { type ChecklistRow, checklistOf, MCP08 } from './checklist.ts';
import { type LoggingVerdict, loggingVerdict } from './cosai.ts';
import { type Grade, gradeOf, scoreOf, type Tier, tierOf } from './grade.ts';

/** What was scanned, as far as it has told. All names in it are the server's own words. */
export interface ScannedTarget {
  readonly kind: 'stdio' | 'http' | 'source';
  /** A command line, a URL, a folder; without secrets. */
  readonly at: string;
  readonly name?: string;
  readonly version?: string;
  /** Versions of the protocol that were spoken with it. */
  readonly protocols: readonly string[];
  readonly tools: number;
}

/** Everything that a scan says; the same for the same server, whenever it is made. */
export interface Report {
  readonly format: 1;
  readonly scanner: string;
  readonly target: ScannedTarget;
  /** 100 minus the points of what failed; 0 at least. Says nothing of what was not tested. */
  readonly score: number;
  readonly grade: Grade;
  readonly tier: Tier;
  readonly passed: number;
  readonly failed: number;
  readonly notTested: number;
  readonly results: readonly CheckResult[];
  readonly logging: LoggingVerdict;
  readonly audit: readonly ChecklistRow[];
  /** How the scan was made, and what limits cost it, in sentences. */
  readonly notes: readonly string[];
}

export interface Scanned {
  readonly scanner: string;
  readonly target: ScannedTarget;
  readonly results: readonly CheckResult[];
  readonly notes: readonly string[];
}

export function reportOf({ scanner, target, results, notes }: Scanned): Report {
  const count = (status: CheckResult['status']): number =>
    results.filter((result) => result.status === status).length;
  return {
    format: 1,
    scanner,
    target,
    score: scoreOf(results),
    grade: gradeOf(scoreOf(results)),
    tier: tierOf(results),
    passed: count('passed'),
    failed: count('failed'),
    notTested: count('not-tested'),
    results,
    logging: loggingVerdict(results),
    audit: checklistOf(MCP08, results),
    notes,
  };
}
