import { FIELDS, type Field, FLOW_FIELDS } from '../schema.ts';
import type { Rule, RuleSet } from './types.ts';

/** `docs/mcp-log-schema.md`. */
export function renderSchemaDocs(): string {
  return [
    '# MCP log schema',
    '',
    'Fields that rules may name, with `logsource: { product: mcp }`. A field of several values matches where one of',
    'them does. Generated from `packages/detect/src/schema.ts`.',
    '',
    ...table(FIELDS),
    '',
    '## Flows',
    '',
    'Within one selection, all fields of `flow.*` speak of the same flow.',
    '',
    ...table(FLOW_FIELDS),
    '',
  ].join('\n');
}

const table = <Source>(fields: readonly Field<Source>[]): readonly string[] => [
  '| Field | Type | Meaning |',
  '| --- | --- | --- |',
  ...fields.map(({ name, type, about }) => `| \`${name}\` | ${type} | ${cell(about)} |`),
];

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
