export { intentCluster } from '@spoor/core';
export {
  type BaselineOptions,
  type BaselineRow,
  Baselines,
  type LockedItself,
} from './baseline/baselines.ts';
export { Budgets, type Spender, type SpendRow } from './baseline/budgets.ts';
export { type BudgetsFile, parseBudgets } from './baseline/budgets-file.ts';
export { type NormRow, Norms } from './baseline/norms.ts';
export { spanMaxOf } from './engine/correlations.ts';
export {
  createDetector,
  type Detector,
  type DetectorLimits,
  type DetectorOptions,
  type DetectorStats,
  type Step,
  type StepOptions,
} from './engine/detector.ts';
export { belongingOf } from './examine/destinations.ts';
export { type ExamineContext, examine } from './examine/examine.ts';
export {
  describeExport,
  EXPORT_TARGETS,
  type ExportTarget,
  exportRules,
} from './export-rules/export.ts';
export {
  IMPORT_FORMATS,
  type ImportedRules,
  type ImportFormat,
  type ImportOutcome,
  importRules,
} from './import-rules/import.ts';
export { type LogRecord, logRecord } from './log-schema/record.ts';
export { renderJsonSchema, renderSchemaDocs } from './log-schema/schema-docs.ts';
export { maskText, type ShownText } from './mask/text.ts';
export { type ReadTrace, type RuleTestResult, runRuleTests } from './rule-tests.ts';
export { compileRules } from './rules/compile.ts';
export { askedBy } from './rules/content.ts';
export { asksForContent, notCovered } from './rules/coverage.ts';
export { describeRule } from './rules/describe.ts';
export { renderRuleDocs } from './rules/docs.ts';
export { type ContentMatcher, contentMatcher } from './rules/match-content.ts';
export type { Rule, RuleBody, RuleFile, RuleProblem, RuleSet, RuleTest } from './rules/types.ts';
export { FIELDS, FLOW_FIELDS } from './schema.ts';
export { readSecretFile, type SecretFile } from './secret-file/read.ts';
export { type Classification, classifyTool, type ToolDefinition } from './tool/classify.ts';
export { examineTool } from './tool/definition.ts';
export { hostToolLabels } from './tool/host-tools.ts';
export {
  createExplainer,
  createLabeler,
  type LabelExplainer,
  type Labeler,
  matchesGlob,
  type ObservedClass,
  observedLabels,
} from './tool/labeler.ts';
export { editLabels, type LabelEdit } from './tool/labels-edit.ts';
export { type OwnerLabels, parseLabels } from './tool/labels-file.ts';
export { isTelling, mentionsIn, nameSkeleton } from './tool/names.ts';
export { POISON_SIGNS, type PoisonSign } from './tool/poison/signs.ts';
