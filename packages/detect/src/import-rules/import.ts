import type { RuleFile } from '../rules/types.ts';
import { importAtr } from './atr.ts';
import { importSafeMcp, importSigma } from './sigma.ts';

export const IMPORT_FORMATS = ['atr', 'safe-mcp', 'sigma'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** What became of one rule. Nothing is left out without a word. */
export interface ImportOutcome {
  /** File that it stood in. */
  readonly source: string;
  readonly title: string;
  /** `partly`: it matches less than the original. */
  readonly status: 'imported' | 'partly' | 'refused';
  /** What is missing, and why. */
  readonly notes: readonly string[];
  /** Id of the rule that it became. */
  readonly rule?: string;
}

export interface ImportedRules {
  /** Rule files, and the traces of their tests. */
  readonly files: readonly RuleFile[];
  readonly outcomes: readonly ImportOutcome[];
}

export interface ImportedRule {
  readonly files: readonly RuleFile[];
  readonly outcome: ImportOutcome;
}

const IMPORTERS: Readonly<Record<ImportFormat, (file: RuleFile) => readonly ImportedRule[]>> = {
  atr: importAtr,
  'safe-mcp': importSafeMcp,
  sigma: importSigma,
};

/** Rules of others as rules of ours: what the log schema can say of them. */
export function importRules(format: ImportFormat, files: readonly RuleFile[]): ImportedRules {
  const taken = new Set<string>();
  const found = files.flatMap(IMPORTERS[format]).map((one) => unless(one, taken));
  return {
    files: found.flatMap((one) => one.files),
    outcomes: found.map(({ outcome }) => outcome),
  };
}

/** Of two rules with one id the first is taken: they could not be loaded together. */
function unless(one: ImportedRule, taken: Set<string>): ImportedRule {
  const { rule } = one.outcome;
  if (rule === undefined || !taken.has(rule)) {
    if (rule !== undefined) taken.add(rule);
    return one;
  }
  const { rule: _, ...rest } = one.outcome;
  const notes = [...rest.notes, `“${rule}” was imported from another file already`];
  return { files: [], outcome: { ...rest, status: 'refused', notes } };
}
