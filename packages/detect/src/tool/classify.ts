import { LABELS, type Label } from '@spoor/core';
import { LABEL_PATTERNS, type LabelPattern, PROPERTY_LABELS, READING_VERBS } from './lexicon.ts';
import { descriptionPhrases, namePhrase, nameWords, type Phrase, stem } from './words.ts';

/**
 * A tool as a definition list states it; a peer wrote it, so nothing here is believed beyond its
 * words.
 */
export interface ToolDefinition {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema?: unknown;
  readonly outputSchema?: unknown;
  readonly annotations?: unknown;
}

export interface Classification {
  readonly labels: readonly Label[];
  /** Why, in words for people. */
  readonly reasons: Readonly<Partial<Record<Label, string>>>;
}

/**
 * These act on the world: a tool whose name begins with a reading verb is not believed to do so.
 */
const ACTING: ReadonlySet<Label> = new Set<Label>([
  'egress',
  'shares-externally',
  'executes-code',
  'destructive',
  'financial',
  'costly',
]);

/**
 * Labels from name, title, description, property names and annotations; the same definition, the
 * same labels.
 */
export function classifyTool(definition: ToolDefinition): Classification {
  const reasons = new Map<Label, string>();
  const phrases = phrasesOf(definition);
  const reading = READING_VERBS.has(stem(nameWords(definition.name)[0] ?? ''));
  for (const pattern of LABEL_PATTERNS) {
    if (reasons.has(pattern.label) || (reading && ACTING.has(pattern.label))) continue;
    const phrase = phrases.find((candidate) => matches(pattern, candidate));
    if (phrase) reasons.set(pattern.label, explain(pattern, phrase));
  }
  fromProperties(definition, phrases, reasons);
  if (hint(definition.annotations, 'destructiveHint') && !reading) {
    reasons.set('destructive', 'its annotations say so');
  }
  if (hint(definition.annotations, 'readOnlyHint') && !reasons.has('executes-code')) {
    reasons.delete('destructive');
  }
  const labels = LABELS.filter((label) => reasons.has(label));
  return { labels, reasons: Object.fromEntries(reasons) };
}

function phrasesOf(definition: ToolDefinition): readonly Phrase[] {
  const phrases = [namePhrase(definition.name, 'name')];
  if (definition.title) phrases.push(namePhrase(definition.title, 'title'));
  return [...phrases, ...descriptionPhrases(definition.description ?? '')];
}

function matches(pattern: LabelPattern, phrase: Phrase): boolean {
  const described = phrase.source === 'description';
  if (pattern.nameOnly === true && described) return false;
  const { stems } = phrase;
  const verb = pattern.verbs ? verbIn(phrase, pattern.verbs) : 0;
  if (verb < 0 || stems.some((word) => pattern.not?.has(word))) return false;
  // In a sentence the object follows its verb; in a name it may stand before it.
  const rest = described ? stems.slice(verb) : stems;
  return pattern.all?.every((list) => rest.some((word) => list.has(word))) ?? true;
}

const verbIn = (phrase: Phrase, verbs: ReadonlySet<string>): number =>
  phrase.stems.findIndex((word, i) => phrase.verbs[i] === true && verbs.has(word));

function explain(pattern: LabelPattern, phrase: Phrase): string {
  const lists = [...(pattern.verbs ? [pattern.verbs] : []), ...(pattern.all ?? [])];
  const found = lists.map((list) => phrase.stems.find((word) => list.has(word)) ?? '');
  return `its ${phrase.source} says ${found.map((word) => `“${word}…”`).join(', ')}`;
}

function fromProperties(
  definition: ToolDefinition,
  phrases: readonly Phrase[],
  reasons: Map<Label, string>,
): void {
  const names = argumentNames(definition.inputSchema).map((name) => name.toLowerCase());
  for (const row of PROPERTY_LABELS) {
    const name = names.find((candidate) => row.names.has(candidate));
    if (name === undefined || reasons.has(row.label)) continue;
    if (!phrases.some((phrase) => verbIn(phrase, row.verbs) >= 0)) continue;
    reasons.set(row.label, `it takes “${name}”`);
  }
}

/** Names of the properties that an input schema declares at its top level. */
export function argumentNames(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return [];
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

/** Keywords of JSON Schema by which `properties` need not be all. */
const OPENING = ['patternProperties', 'oneOf', 'anyOf', 'allOf', '$ref', 'if'] as const;

/** Does the schema say that there are arguments beside its properties, or leave that open? */
export function hasOpenArguments(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const { additionalProperties = false } = schema as Readonly<Record<string, unknown>>;
  return additionalProperties !== false || OPENING.some((word) => word in schema);
}

function hint(annotations: unknown, name: string): boolean {
  if (typeof annotations !== 'object' || annotations === null) return false;
  return (annotations as Record<string, unknown>)[name] === true;
}
