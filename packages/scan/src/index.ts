export type { Check, CheckResult, Finding, Severity } from './finding.ts';
export { readLock, writeLock } from './lock.ts';
export { hasFailed, SEVERITIES } from './report/grade.ts';
export { type Report, reportOf, type ScannedTarget } from './report/report.ts';
export { type Paint, textReport } from './report/text.ts';
export { type Scan, type ScanOptions, type ScanTarget, scan } from './scan.ts';
export { type ScanSourceOptions, scanSource } from './source/scan-source.ts';
