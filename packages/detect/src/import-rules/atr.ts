import { isObject } from '@spoor/core';
import { parseDocument } from 'yaml';
import type { RuleFile } from '../rules/types.ts';
import { build, nameFrom, refused } from './build.ts';
import { casesOf } from './cases.ts';
import { fieldFor } from './fields.ts';
import type { ImportedRule } from './import.ts';

type Json = Readonly<Record<string, unknown>>;

/** One rule of Agent Threat Rules: patterns over what prompts, arguments and results say. */
export function importAtr(file: RuleFile): readonly ImportedRule[] {
  const document = parseDocument(file.text, { logLevel: 'silent' });
  const rule: unknown = document.errors.length === 0 ? document.toJS() : undefined;
  const title = isObject(rule) && typeof rule.title === 'string' ? rule.title : '(no title)';
  const draft = { source: file.path, head: { title } };
  if (!isObject(rule) || !isObject(rule.detection)) {
    const why = document.errors[0]?.message.split('\n')[0] ?? 'it is no rule';
    return [refused(draft, [why])];
  }
  const { method, conditions, condition } = rule.detection;
  if (method !== undefined && method !== 'pattern' && method !== 'semantic')
    return [refused(draft, [`its method “${String(method)}” is none of this engine's`])];
  if (!Array.isArray(conditions)) return [refused(draft, ['its conditions are no list'])];
  const parts = conditions.map(partOf);
  const built = build({
    ...draft,
    name: nameFrom(String(rule.id ?? title)),
    key: `atr ${String(rule.id ?? title)}`,
    head: headOf(rule, title),
    selections: Object.fromEntries(
      parts.flatMap((part, at) => ('selection' in part ? [[`c${at + 1}`, part.selection]] : [])),
    ),
    refused: Object.fromEntries(
      parts.flatMap((part, at) => ('why' in part ? [[`c${at + 1}`, part.why]] : [])),
    ),
    condition: conditionOf(condition, conditions.length),
    tail: tailOf(rule),
    notes: method === 'semantic' ? ['its question to a model is not asked, only its patterns'] : [],
  });
  return [withCases(built, rule)];
}

const conditionOf = (condition: unknown, count: number): string => {
  if (condition !== 'any' && condition !== 'all' && typeof condition === 'string') return condition;
  const names = Array.from({ length: count }, (_, at) => `c${at + 1}`);
  return names.join(condition === 'all' ? ' and ' : ' or ');
};

/** Their patterns never distinguish upper and lower case. */
const MODIFIERS: Readonly<Record<string, string>> = {
  regex: '|re|i',
  contains: '|contains',
  exact: '',
  starts_with: '|startswith',
};

type Part = { readonly selection: unknown } | { readonly why: string };

function partOf(condition: unknown): Part {
  if (!isObject(condition)) return { why: 'it is no condition' };
  const { field, operator, value } = condition;
  const modifier = MODIFIERS[String(operator)];
  if (modifier === undefined || typeof value !== 'string')
    return { why: `there is no operator “${String(operator)}”` };
  const found = fieldFor(String(field));
  if (!found) return { why: `“${String(field)}” is not seen between clients and servers` };
  const text = operator === 'regex' ? re2Of(value) : value.replaceAll(/[\\*?]/g, '\\$&');
  const forms = found.fields.map((name) => ({ ...found.also, [`${name}${modifier}`]: text }));
  return { selection: forms.length === 1 ? forms[0] : forms };
}

/** Their patterns are JavaScript's. */
const re2Of = (pattern: string): string =>
  pattern
    .replaceAll(/\(\?i\)/g, '')
    .replaceAll(
      /\\u\{([0-9a-fA-F]+)\}|\\u([0-9a-fA-F]{4})/g,
      (_, long, short) => `\\x{${long ?? short}}`,
    );

function headOf(rule: Json, title: string): Json & { readonly title: string } {
  const { id, description, author, date, maturity, references } = rule;
  const words =
    typeof description === 'string' ? description.trim().replaceAll(/\s+/g, ' ') : title;
  return {
    title: title.slice(0, 256),
    status: maturity === 'stable' || maturity === 'test' ? maturity : 'experimental',
    description: `${words} (${String(id)} of Agent Threat Rules)`,
    ...(typeof author === 'string' ? { author } : {}),
    ...(typeof date === 'string' ? { date: date.replaceAll('/', '-') } : {}),
    tags: isObject(references) ? tagsOf(references) : [],
  };
}

const NAMESPACES: Readonly<Record<string, string>> = {
  owasp_agentic: 'owasp',
  owasp_llm: 'owasp-llm',
  mitre_atlas: 'atlas',
  mitre_attack: 'attack',
  safe_mcp: 'safe-mcp',
  cve: 'cve',
};

/** `AML.T0053 - AI Agent Tool Invocation` as `atlas.aml.t0053`. */
const tagsOf = (references: Json): readonly string[] => [
  ...new Set(
    Object.entries(references).flatMap(([name, ids]) => {
      const space = NAMESPACES[name];
      if (space === undefined || !Array.isArray(ids)) return [];
      const plain = ids.map((id) => String(id).split(/\s|:/)[0]?.toLowerCase() ?? '');
      return plain
        .map((id) => `${space}.${id.replace(/^(safe?-|cve-)/, '')}`)
        .filter((tag) => /^[a-z0-9_-]+\.[a-z0-9._-]+$/.test(tag));
    }),
  ),
];

function tailOf({ severity, detection }: Json): Json {
  const list = isObject(detection) ? detection.false_positives : undefined;
  const known = Array.isArray(list) ? list.map(String).filter((text) => text.trim() !== '') : [];
  return { level: String(severity), ...(known.length > 0 ? { falsepositives: known } : {}) };
}

/** Their examples become tests of ours, beside the rule. */
function withCases(built: ImportedRule, rule: Json): ImportedRule {
  const [file] = built.files;
  const cases = isObject(rule.test_cases) ? rule.test_cases : {};
  if (file === undefined) return built;
  const { tests, traces } = casesOf(file.path.replace(/\.yml$/, ''), cases, rule);
  if (tests.length === 0) return built;
  const lines = tests.map(
    ({ name, trace, fires }) =>
      `  - { name: ${name}, trace: ${trace}, fires: [${fires.join(', ')}] }\n`,
  );
  const text = `${file.text}tests:\n${lines.join('')}`;
  return { ...built, files: [{ ...file, text }, ...traces] };
}
