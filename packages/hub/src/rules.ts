import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  CodedError,
  type ContentAsked,
  effectiveMode,
  LIMITS,
  type Policy,
  type RulesView,
} from '@spoor/core';
import {
  askedBy,
  type BudgetsFile,
  compileRules,
  createLabeler,
  type Labeler,
  parseBudgets,
  parseLabels,
  type RuleProblem,
  type RuleSet,
  readSecretFile,
} from '@spoor/detect';
import { BUILT_IN } from './builtin.ts';

export {
  asksForContent,
  describeExport,
  describeRule,
  EXPORT_TARGETS,
  exportRules,
  IMPORT_FORMATS,
  type ImportOutcome,
  importRules,
  type Rule,
  type RuleSet,
  type RuleTestResult,
  runRuleTests,
} from '@spoor/detect';
export { BUILT_IN } from './builtin.ts';

/** The owner's budgets, or none. Throws BUDGETS_INVALID with line and column. */
export async function loadBudgets(path: string | undefined): Promise<BudgetsFile | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  });
  return parseBudgets(text, path);
}

export interface CompiledRules {
  readonly rules: RuleSet;
  readonly problems: readonly RuleProblem[];
}

/**
 * Rules from a folder tree, or one file; a file with an error is reported and the rest still loads.
 */
export async function loadRules(folder: string): Promise<CompiledRules> {
  if ((await stat(folder)).isFile())
    return compileRules([{ path: basename(folder), text: await readFile(folder, 'utf8') }]);
  const names = await readdir(folder, { recursive: true });
  const paths = names.filter((name) => name.endsWith('.yml')).sort();
  const files = await Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(folder, path), 'utf8') })),
  );
  return compileRules(files);
}

/** The owner's labels, or none. Throws LABELS_INVALID with line and column. */
export async function loadLabeler(path: string | undefined): Promise<Labeler> {
  if (path === undefined) return createLabeler([]);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  });
  const { overrides, trusted } = parseLabels(text, path);
  return createLabeler(overrides, trusted);
}

/**
 * What sensors are asked about content: by rules, and by the owner's file of secrets. Throws
 * SECRETS_INVALID with the line, or CONFIG_UNREADABLE.
 */
export async function loadAsked(
  { rules }: CompiledRules,
  path: string | undefined,
  say: (line: string) => void,
): Promise<ContentAsked | undefined> {
  const asked = askedBy(rules.content);
  if (path === undefined) return asked;
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CodedError('CONFIG_UNREADABLE', path, error);
  });
  if (text.length > LIMITS.secretFileBytesMax)
    throw new CodedError('SECRETS_INVALID', `${path}:1 longer than ${LIMITS.secretFileBytesMax}`);
  const { shapes, notes } = readSecretFile(text, path);
  for (const { line, message } of notes) say(`SECRET_RULES ${path}:${line} ${message}`);
  return { ...(asked ?? { set: '', asks: [] }), secrets: shapes };
}

/** Matches are counted by the worker, which has the store. */
export function rulesView({ rules, problems }: CompiledRules, policy: Policy): RulesView {
  return {
    rules: rules.rules.map((rule) => ({
      ...rule.ref,
      path: rule.path,
      response: rule.response,
      asks: rule.response === 'deny' && policy.ask?.includes(rule.ref.id) === true,
      mode: effectiveMode(policy, rule.ref.id, ''),
      matches24h: 0,
      source: rule.source,
    })),
    builtIn: BUILT_IN,
    problems,
  };
}
