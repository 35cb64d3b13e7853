import { CodedError, nearest, type RuleView } from '@spoor/core';
import { asksForContent, BUILT_IN, describeRule, type RuleSet } from '@spoor/hub/rules';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { folderOf, rulesIn } from './folder.ts';

export async function explain(context: Context): Promise<number> {
  const { out, flags, words } = context;
  const [, id, folder] = words;
  if (id === undefined) throw new CodedError('USAGE', 'rules explain ID');
  const { rules: set } = await rulesIn(await folderOf(context, folder));
  const rule = set.rules.find(({ ref, uuid }) => ref.id === id || uuid === id);
  if (rule === undefined) return explainOther(context, id, set);
  const { ref, path, response, tests } = rule;
  const looksFor = describeRule(rule, set);
  const content = asksForContent(rule, set);
  if (flags.json === true) {
    out.json({ ...ref, path, response, looksFor, asksForContent: content, tests });
    return 0;
  }
  out.line(`${paint(out, 'bold', visible(ref.title))}  ${ref.level}, ${response}`);
  out.line(visible(ref.description));
  out.line('');
  out.line('Looks for:');
  for (const line of looksFor) out.line(`  ${visible(line)}`);
  if (content)
    out.line('It asks for content: answered where the content is, and not for older history.');
  out.line('');
  if (ref.advice !== '') out.line(`What to do: ${visible(ref.advice)}`);
  if (ref.tags.length > 0) out.line(`Tags: ${ref.tags.join(', ')}`);
  for (const known of ref.falsePositives) out.line(`Known false positive: ${visible(known)}`);
  for (const { name, fires } of tests)
    out.line(`Test: ${visible(name)} (${fires.length > 0 ? 'fires' : 'silent'})`);
  out.line(paint(out, 'dim', path));
  return 0;
}

function explainOther(context: Context, id: string, { rules }: RuleSet): number {
  const own = BUILT_IN.find((one) => one.id === id);
  if (own === undefined) {
    const ids = [...rules.map(({ ref }) => ref.id), ...BUILT_IN.map((one) => one.id)];
    throw new CodedError('NOT_FOUND', `rule ${id}; did you mean ${nearest(id, ids)}?`);
  }
  if (context.flags.json === true) context.out.json(own);
  else explainOwn(context, own);
  return 0;
}

function explainOwn({ out }: Context, { title, level, description, advice }: RuleView): void {
  out.line(`${paint(out, 'bold', visible(title))}  ${level}, built in`);
  out.line(visible(description));
  out.line('');
  out.line(`What to do: ${visible(advice)}`);
}
