import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileRules, type RuleSet, renderRuleDocs } from '../../packages/detect/src/index.ts';

const RULES = join(import.meta.dirname, '../../rules');

/** `docs/rules.md`. */
export const renderRules = (): string => renderRuleDocs(shippedRules());

/** A rule that does not load has no page, so it is an error here. */
export function shippedRules(): RuleSet {
  const files = readdirSync(RULES, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yml'))
    .sort()
    .map((path) => ({ path: `rules/${path}`, text: readFileSync(join(RULES, path), 'utf8') }));
  const { rules, problems } = compileRules(files);
  const [problem] = problems;
  if (problem !== undefined) {
    const { path, line, column, message } = problem;
    throw new Error(`${path}:${line}:${column} ${message}`);
  }
  return rules;
}
