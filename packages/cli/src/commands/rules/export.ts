import { CodedError } from '@spoor/core';
import { describeExport, EXPORT_TARGETS, exportRules } from '@spoor/hub/rules';
import type { Context } from '../../command.ts';
import { folderOf, notedProblems, rulesIn } from './folder.ts';

export async function exportTo(context: Context): Promise<number> {
  const { flags, out, words } = context;
  const to = EXPORT_TARGETS.find((target) => target === flags.to);
  if (to === undefined)
    throw new CodedError('USAGE', `rules export --to ${EXPORT_TARGETS.join('|')}`);
  const compiled = await rulesIn(await folderOf(context, words[1]));
  const { text, rules: exported } = exportRules(compiled.rules, to);
  if (flags.json === true) out.json({ to, rules: exported, text });
  else {
    out.line(text.trimEnd());
    for (const rule of exported) out.note(describeExport(rule));
  }
  return notedProblems(context, compiled) ? 1 : 0;
}
