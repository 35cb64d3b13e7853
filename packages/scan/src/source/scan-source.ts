import { resolve } from 'node:path';
import type { CheckResult } from '../finding.ts';
import { type ContainedOptions, examineContained } from './contained.ts';
import { readTree } from './files.ts';
import { resultsOf } from './results.ts';

export interface ScanSourceOptions extends ContainedOptions {
  /** Read tests and fixtures too. Left out, as they hold made-up data. */
  readonly tests?: boolean;
}

/**
 * Reads the source of a server in TypeScript or JavaScript, with its configuration, and says for
 * each check what became of it. Executes nothing of it, follows no link, and writes nothing.
 * A folder that cannot be read is reported as that.
 */
export async function scanSource(
  directory: string,
  options: ScanSourceOptions = {},
): Promise<readonly CheckResult[]> {
  const root = resolve(directory);
  const { files, unread } = await readTree(root, { tests: options.tests ?? false });
  const analysis = await examineContained(files, options);
  const lines = new Map(files.map(({ path, text }) => [path, text] as const));
  return resultsOf({
    findings: analysis.findings,
    looked: analysis.looked,
    unread: [...unread, ...analysis.unread],
    linesOf: (path) => (lines.get(path) ?? '').split('\n'),
  });
}
