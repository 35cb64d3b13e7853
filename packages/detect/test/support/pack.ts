import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileRules, type ReadTrace, type RuleFile } from '../../src/index.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The shipped rule files, by path from the root of the project. */
const packFiles: readonly RuleFile[] = globSync('rules/**/*.yml', { cwd: root })
  .sort()
  .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }));

export const pack: ReturnType<typeof compileRules> = compileRules(packFiles);

const textOf = (rulePath: string, trace: string): string =>
  readFileSync(`${root}${rulePath.slice(0, rulePath.lastIndexOf('/'))}/${trace}`, 'utf8');

/** Text of a trace beside a rule. */
export const traceText: ReadTrace = ({ path }, trace) => Promise.resolve(textOf(path, trace));
