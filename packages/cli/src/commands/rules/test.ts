import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CodedError } from '@spoor/core';
import { type RuleTestResult, runRuleTests } from '@spoor/hub/rules';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { folderOf, notedProblems, rulesIn } from './folder.ts';

/** Plays the tests of the rules, and names the rules that have none. */
export async function test(context: Context): Promise<number> {
  const { out, flags, words } = context;
  const folder = await folderOf(context, words[1]);
  const compiled = await rulesIn(folder);
  const { rules: set, problems } = compiled;
  const wanted = set.rules.filter(({ ref }) => flags.rule === undefined || ref.id === flags.rule);
  if (wanted.length === 0 && flags.rule !== undefined)
    throw new CodedError('NOT_FOUND', `rule ${String(flags.rule)}`);
  const results = await runRuleTests(set, wanted, ({ path }, trace) =>
    readFile(join(folder, dirname(path), trace), 'utf8').catch(() => undefined),
  );
  const counts = countsOf(results);
  const untested = wanted.filter(({ tests }) => tests.length === 0).map(({ ref }) => ref.id);
  if (flags.json === true) out.json({ counts, untested, results, problems });
  else {
    for (const result of results) if (result.status !== 'passed') out.line(lineOf(context, result));
    if (untested.length > 0) out.line(`Without a test: ${untested.join(', ')}`);
    const parts = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
    out.line(`${results.length} tests: ${parts.join(', ')}`);
    notedProblems(context, compiled);
  }
  const bad = counts.failed + counts.unreadable + problems.length;
  return bad > 0 ? 1 : 0;
}

type Counts = Record<RuleTestResult['status'], number>;

function countsOf(results: readonly RuleTestResult[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, 'not-covered': 0, unreadable: 0 };
  for (const { status } of results) counts[status]++;
  return counts;
}

function lineOf({ out }: Context, result: RuleTestResult): string {
  const { rule, name, status, expected, fired, open, why } = result;
  const seqs = (all: readonly number[]): string => (all.length === 0 ? 'nowhere' : all.join(', '));
  const detail =
    why ??
    (status === 'not-covered'
      ? `cannot tell at ${seqs(open)}: content was not asked`
      : `expected at ${seqs(expected)}, fired at ${seqs(fired)}`);
  const colour = status === 'not-covered' ? 'yellow' : 'red';
  return `${paint(out, colour, status)} ${rule}: ${visible(name)}: ${visible(detail)}`;
}
