import { asksForContent } from '@spoor/hub/rules';
import type { Context } from '../../command.ts';
import { paint } from '../../output.ts';
import { folderOf, notedProblems, rulesIn } from './folder.ts';

export const list = (context: Context): Promise<number> => show(context, true);

export const lint = (context: Context): Promise<number> => show(context, false);

async function show(context: Context, listed: boolean): Promise<number> {
  const { out, flags, words } = context;
  const compiled = await rulesIn(await folderOf(context, words[1]));
  const { rules: set, problems } = compiled;
  if (flags.json === true) {
    const rules = set.rules.map((rule) => ({
      ...rule.ref,
      path: rule.path,
      response: rule.response,
      asksForContent: asksForContent(rule, set),
    }));
    out.json({ rules, problems });
    return problems.length > 0 ? 1 : 0;
  }
  for (const { ref, path, response } of listed ? set.rules : []) {
    const head = `${ref.id.padEnd(30)} ${ref.level.padEnd(14)}${response.padEnd(8)}`;
    out.line(`${head}${paint(out, 'dim', path)}`);
  }
  const wrong = notedProblems(context, compiled);
  if (listed) return wrong ? 1 : 0;
  const content = set.rules.filter((rule) => asksForContent(rule, set)).length;
  out.line(`${set.rules.length} rules, ${problems.length} problems`);
  if (content > 0)
    out.line(`${content} ask for content: not covered, since sensors do not answer that yet`);
  return wrong ? 1 : 0;
}
