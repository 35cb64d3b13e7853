import type { Rule, RuleSet } from './types.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

/** `docs/rules.md`. */
export function renderRuleDocs(rules: RuleSet): string {
  const head = '# Rules\n\nGenerated from the files in `rules/`.\n';
  return [head, ...rules.rules.map(renderRule)].join('\n');
}

function renderRule({ ref, path, response, tests, references, body }: Rule): string {
  const list = (items: readonly string[]): string =>
    items.map((item) => `- ${cell(item)}`).join('\n');
  return [
    `## ${ref.id}`,
    '',
    `**${cell(ref.title)}** · level ${ref.level} · response ${response} · ${body.type.replace('_', ' ')} · \`${path}\``,
    '',
    cell(ref.description),
    '',
    `Tags: ${ref.tags.map((tag) => `\`${tag}\``).join(', ')}`,
    '',
    `What to do: ${cell(ref.advice)}`,
    '',
    'False positives:',
    '',
    list(ref.falsePositives),
    ...(references.length > 0 ? ['', 'References:', '', list(references)] : []),
    '',
    'Tests:',
    '',
    list(tests.map(({ name, fires }) => `${name} (${fires.length > 0 ? 'fires' : 'silent'})`)),
    '',
  ].join('\n');
}
