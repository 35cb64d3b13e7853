import type { RuleView } from '@spoor/core';
import { asksForContent, BUILT_IN } from '@spoor/hub/rules';
import type { Context, Output } from '../../command.ts';
import { paint } from '../../output.ts';
import { folderOf, notedProblems, rulesIn } from './folder.ts';

export const list = (context: Context): Promise<number> => show(context, true);

export const lint = (context: Context): Promise<number> => show(context, false);

async function show(context: Context, listed: boolean): Promise<number> {
  const { out, flags, words } = context;
  const compiled = await rulesIn(await folderOf(context, words[1]));
  const { rules: set, problems } = compiled;
  const builtIn = listed ? builtInOf(words[1]) : [];
  if (flags.json === true) {
    const rules = set.rules.map((rule) => ({
      ...rule.ref,
      path: rule.path,
      response: rule.response,
      asksForContent: asksForContent(rule, set),
    }));
    out.json({ rules, problems, ...(builtIn.length > 0 ? { builtIn } : {}) });
    return problems.length > 0 ? 1 : 0;
  }
  for (const { ref, path, response } of listed ? set.rules : [])
    out.line(lineOf(out, { ...ref, response }, path));
  for (const one of builtIn) out.line(lineOf(out, one, 'built in'));
  const wrong = notedProblems(context, compiled);
  if (listed) return wrong ? 1 : 0;
  const content = set.rules.filter((rule) => asksForContent(rule, set)).length;
  out.line(`${set.rules.length} rules, ${problems.length} problems`);
  if (content > 0) out.line(`${content} ask for content: answered where the content is`);
  return wrong ? 1 : 0;
}

/** They are no files, so they belong to no folder. */
const builtInOf = (folder: string | undefined): readonly Omit<RuleView, 'source'>[] =>
  folder === undefined ? BUILT_IN.map(({ source: _, ...one }) => one) : [];

function lineOf(
  out: Output,
  { id, level, response }: Pick<RuleView, 'id' | 'level' | 'response'>,
  where: string,
): string {
  const head = `${id.padEnd(30)} ${level.padEnd(14)}${response.padEnd(8)}`;
  return `${head}${paint(out, 'dim', where)}`;
}
