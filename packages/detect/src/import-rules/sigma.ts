import { isObject, LEVELS } from '@spoor/core';
import { parseAllDocuments, stringify } from 'yaml';
import { compileRules } from '../rules/compile.ts';
import type { RuleFile } from '../rules/types.ts';
import { findField } from '../schema.ts';
import { build, nameFrom, refused, uuidOf } from './build.ts';
import { fieldFor, KIND_FOR } from './fields.ts';
import type { ImportedRule } from './import.ts';

type Json = Readonly<Record<string, unknown>>;

/** Rules that are written for `product: mcp` and its fields. */
export function importSigma(file: RuleFile): readonly ImportedRule[] {
  const documents = documentsOf(file);
  const detections = documents.map((document) => {
    if (isObject(document) && isObject(document.correlation)) return undefined;
    const product = isObject(document) ? logsourceOf(document).product : 'mcp';
    if (product === 'mcp') return detection(file, document, untouched);
    const source = { source: file.path, head: { title: titleOf(document) } };
    return refused(source, [`its log source is ${String(product)}, and not mcp`]);
  });
  const parts = detections.flatMap((one) => one?.files ?? []);
  return documents.map(
    (document, at) => detections[at] ?? correlation(file, document as Json, parts),
  );
}

/** Rules of the SAFE-MCP catalogue, whose fields no product has: ours under other names. */
export const importSafeMcp = (file: RuleFile): readonly ImportedRule[] =>
  documentsOf(file).map((document) => detection(file, document, translated));

function documentsOf({ text }: RuleFile): readonly unknown[] {
  const parsed = parseAllDocuments(text, { logLevel: 'silent' });
  const documents = 'empty' in parsed ? [] : parsed;
  return documents.map((document) => {
    const [error] = document.errors;
    // What is broken is no object, and its text says why.
    return error ? (error.message.split('\n')[0] ?? '') : (document.toJS() as unknown);
  });
}

const titleOf = (document: unknown): string => {
  const { title, name } = isObject(document) ? document : {};
  return typeof title === 'string' ? title : typeof name === 'string' ? name : '(no title)';
};

const logsourceOf = (document: Json): Json =>
  isObject(document.logsource) ? document.logsource : {};

/** One selection in our words, and what its words do not say. */
interface Translation {
  readonly selection: unknown;
  readonly notes: readonly string[];
}

const untouched = (selection: unknown): Translation => ({ selection, notes: [] });

function detection(
  { path }: RuleFile,
  document: unknown,
  translate: (selection: unknown) => Translation,
): ImportedRule {
  const title = titleOf(document);
  const fault = typeof document === 'string' ? document : 'it is no rule';
  if (!isObject(document) || !isObject(document.detection))
    return refused({ source: path, head: { title } }, [fault]);
  const { condition, timeframe, ...selections } = document.detection;
  const found = Object.entries(selections).map(([name, one]) => [name, translate(one)] as const);
  const notes = found.flatMap(([, one]) => one.notes);
  if (timeframe !== undefined) notes.push('timeframe: a rule without a correlation has none');
  return build({
    source: path,
    name: nameFrom(typeof document.name === 'string' && document.title ? document.name : title),
    key: `${path} ${title}`,
    head: headOf(document, title),
    selections: Object.fromEntries(found.map(([name, { selection }]) => [name, selection])),
    condition: Array.isArray(condition)
      ? condition.map((one) => `(${String(one)})`).join(' or ')
      : String(condition ?? ''),
    tail: tailOf(document),
    notes: [...new Set(notes)],
  });
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function headOf(document: Json, title: string): Json & { readonly title: string } {
  const { id, description, references, author, date, status } = document;
  const own = typeof id === 'string' && UUID.test(id.toLowerCase()) ? id.toLowerCase() : undefined;
  return {
    title: title.slice(0, 256),
    ...(own === undefined ? {} : { id: own }),
    ...(STATUSES.has(String(status)) ? { status } : {}),
    description: typeof description === 'string' && description.trim() ? description.trim() : title,
    ...(Array.isArray(references) ? { references: references.map(String) } : {}),
    ...(typeof author === 'string' ? { author } : {}),
    ...(typeof date === 'string' ? { date: date.replaceAll('/', '-') } : {}),
    tags: tagsOf(document.tags),
  };
}

const STATUSES: ReadonlySet<string> = new Set(['stable', 'test', 'experimental', 'deprecated']);
const KNOWN_LEVELS: ReadonlySet<string> = new Set(LEVELS);

const tagsOf = (tags: unknown): readonly string[] =>
  (Array.isArray(tags) ? tags.map((tag) => String(tag).toLowerCase().replaceAll(' ', '-')) : [])
    .map((tag) => tag.replace(/^(safe|safemcp\.safe-)\.?(?=t\d)/, 'safe-mcp.'))
    .filter((tag) => /^[a-z0-9_-]+\.[a-z0-9._-]+$/.test(tag));

const tailOf = ({ level, falsepositives }: Json): Json => ({
  level: KNOWN_LEVELS.has(String(level)) ? level : 'medium',
  ...(Array.isArray(falsepositives) ? { falsepositives: falsepositives.map(String) } : {}),
});

/** Names of others become ours; what has none stays, and is refused for that. */
function translated(selection: unknown): Translation {
  if (Array.isArray(selection)) {
    const parts = selection.map(translated);
    return {
      selection: parts.map((part) => part.selection),
      notes: parts.flatMap(({ notes }) => notes),
    };
  }
  if (!isObject(selection)) return untouched(selection);
  const notes: string[] = [];
  let alternatives: readonly Json[] = [{}];
  for (const [key, value] of Object.entries(selection)) {
    const forms = memberFor(key, value, notes);
    alternatives = alternatives.flatMap((one) => forms.map((form) => ({ ...one, ...form })));
  }
  return { selection: alternatives.length === 1 ? alternatives[0] : alternatives, notes };
}

/** A member as one of ours, or as several of which one is enough. */
function memberFor(key: string, value: unknown, notes: string[]): readonly Json[] {
  const [name = '', ...rest] = key.split('|');
  const modifiers = rest.filter((modifier) => modifier !== 'in');
  if (/^event[._]?(type|name)?$/i.test(name)) return [kindFor(key, value)];
  const found = findField(name) ? { fields: [name] } : fieldFor(name);
  if (!found) return [{ [key]: value }];
  if (found.note !== undefined) notes.push(found.note);
  return found.fields.map((field) => ({ ...found.also, ...compared(field, modifiers, value) }));
}

function kindFor(key: string, value: unknown): Json {
  const kinds = (Array.isArray(value) ? value : [value]).map(
    (one) => KIND_FOR[String(one).toLowerCase()],
  );
  return kinds.includes(undefined) ? { [key]: value } : { kind: [...new Set(kinds)] };
}

const OPERATORS: Readonly<Record<string, string>> = {
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
};

/** Some write `">=100"` where Sigma has a modifier. */
function compared(field: string, modifiers: readonly string[], value: unknown): Json {
  const [, operator = '', limit] = /^([<>]=?)\s*(\d+)$/.exec(String(value)) ?? [];
  const number = findField(field)?.type === 'number' && limit !== undefined;
  if (number) return { [`${field}|${OPERATORS[operator]}`]: Number(limit) };
  return { [[field, ...modifiers].join('|')]: value };
}

/** Correlations need no translation: they name rules that were imported. */
function correlation({ path }: RuleFile, document: Json, parts: readonly RuleFile[]): ImportedRule {
  const title = titleOf(document);
  const name = nameFrom(typeof document.name === 'string' ? document.name : title);
  const { generate } = document;
  const rule = {
    id: uuidOf(`${path} ${title}`),
    name,
    ...headOf(document, title),
    correlation: document.correlation,
    ...(generate === undefined ? {} : { generate }),
    ...tailOf(document),
  };
  const file = { path: `${name}.yml`, text: stringify(rule, { lineWidth: 100 }) };
  const [problem] = compileRules([...parts, file]).problems.filter((one) => one.path === file.path);
  if (problem) return refused({ source: path, head: { title } }, [problem.message]);
  return {
    files: [file],
    outcome: { source: path, title, status: 'imported', notes: [], rule: name },
  };
}
