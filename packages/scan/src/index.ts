export type { Check, CheckResult, Finding, Severity } from './finding.ts';
