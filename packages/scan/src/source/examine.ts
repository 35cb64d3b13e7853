import { type Analysis, analyse, type Progress, type Unread } from './analyse.ts';
import type { CheckId } from './checks.ts';
import { judgeConfiguration } from './config/judge.ts';
import { isCode, type SourceFile } from './files.ts';
import { parseModule, type SourceModule } from './flow/module.ts';

export interface Examining {
  readonly progress: Progress;
  /** Is there no time left? */
  readonly isLate: () => boolean;
}

/** Everything that can be said of the texts of a tree. Needs no disk. */
export function examine(files: readonly SourceFile[], { progress, isLate }: Examining): Analysis {
  const unread: Unread[] = [];
  const modules = new Map<string, SourceModule>();
  const read = <T>(path: string, how: () => T): T | undefined => {
    progress(path);
    try {
      if (!isLate()) return how();
      unread.push({ path, why: 'there was no time left' });
    } catch (error) {
      unread.push({ path, why: whyNot(error) });
    }
    return undefined;
  };
  const reports = files
    .filter(({ path }) => !isCode(path))
    .map((file) => read(file.path, () => judgeConfiguration(file)))
    .filter((report) => report !== undefined);
  for (const { path, text } of files.filter((file) => isCode(file.path))) {
    const module = read(path, () => parseModule(path, text));
    if (module !== undefined) modules.set(path, module);
  }
  const code = analyse(modules, { dependencies: dependenciesOf(files), isLate }, progress);
  const looked = new Map(code.looked);
  for (const report of reports)
    for (const [check, times] of report.looked) add(looked, check, times);
  return {
    findings: [...code.findings, ...reports.flatMap((report) => report.findings)],
    looked,
    unread: [...unread, ...code.unread],
  };
}

const add = (counts: Map<CheckId, number>, check: CheckId, times: number): void => {
  counts.set(check, (counts.get(check) ?? 0) + times);
};

const whyNot = (error: unknown): string =>
  error instanceof RangeError ? 'it is nested too deeply' : 'it is not understood';

function dependenciesOf(files: readonly SourceFile[]): Readonly<Record<string, string>> {
  const text = files.find(({ path }) => path === 'package.json')?.text;
  const all = text?.matchAll(/"([@\w./-]+)"\s*:\s*"([~^>=<]*\d[\w.+-]*)"/g) ?? [];
  return Object.fromEntries([...all].map(([, name = '', range = '']) => [name, range]));
}
