import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Observation } from '@spoor/core';
import { compileRules, type RuleFile } from '../../src/index.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The shipped rule files, by path from the root of the project. */
const packFiles: readonly RuleFile[] = globSync('rules/**/*.yml', { cwd: root })
  .sort()
  .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }));

export const pack: ReturnType<typeof compileRules> = compileRules(packFiles);

/** A trace beside a rule. */
export function readTrace(rulePath: string, trace: string): readonly Observation[] {
  const folder = rulePath.slice(0, rulePath.lastIndexOf('/'));
  const lines = readFileSync(`${root}${folder}/${trace}`, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Observation);
}
