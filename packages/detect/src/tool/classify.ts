import { LABELS, type Label, READING_LABELS } from '@spoor/core';
import {
  LABEL_PATTERNS,
  type LabelPattern,
  PROPERTY_LABELS,
  READ,
  READING_VERBS,
  VERBS,
} from './lexicon.ts';
import { CLAUSE_END, descriptionPhrases, namePhrase, type Phrase } from './words.ts';

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

/** What spoke for a label, and why it was not given all the same. */
export interface Rejected {
  readonly label: Label;
  readonly because: string;
  readonly rejected: string;
}

export interface Classification {
  readonly labels: readonly Label[];
  /** Why, in words for people. */
  readonly reasons: Readonly<Partial<Record<Label, string>>>;
  readonly rejected: readonly Rejected[];
}

/** These act on the world: a tool whose main verb reads is not believed to do so. */
const ACTING: ReadonlySet<Label> = new Set<Label>([
  'egress',
  'shares-externally',
  'executes-code',
  'destructive',
  'financial',
  'privileged',
  'costly',
]);

/** Its name and the first sentence, or its title. */
const ACTING_PHRASES = 2;
/** Words after a verb among which its object stands. */
const OBJECT_WITHIN = 7;

/**
 * Labels from name, title, description and names of properties; the same definition, the same
 * labels.
 */
export function classifyTool(definition: ToolDefinition): Classification {
  const phrases = phrasesOf(definition);
  const main = mainVerb(phrases);
  const verdicts = LABEL_PATTERNS.flatMap((pattern) => verdictOf(pattern, phrases, main) ?? []);
  const reasons = new Map<Label, string>();
  for (const { label, because, rejected } of verdicts) {
    if (rejected === undefined && !reasons.has(label)) reasons.set(label, because);
  }
  fromProperties(definition, phrases, reasons);
  const rejected = verdicts.filter(({ label }) => !reasons.has(label));
  return {
    labels: LABELS.filter((label) => reasons.has(label)),
    reasons: Object.fromEntries(reasons),
    rejected: [...new Map(rejected.map((one) => [one.label, one])).values()].filter(isRejected),
  };
}

type Verdict = Omit<Rejected, 'rejected'> & { readonly rejected?: string };

const isRejected = (verdict: Verdict): verdict is Rejected => verdict.rejected !== undefined;

/** Undefined where nothing speaks for the pattern's label. */
function verdictOf(
  pattern: LabelPattern,
  phrases: readonly Phrase[],
  main: string,
): Verdict | undefined {
  const { label } = pattern;
  // A tool that acts answers with what it did: what it returns is no reading.
  const acts = main !== '' && !READ.has(main);
  const spoken = acts && READING_LABELS.has(label) ? phrases.slice(0, ACTING_PHRASES) : phrases;
  const found = firstMatch(pattern, spoken);
  if (found === undefined) return undefined;
  const because = `its ${found.source} says ${found.words.map((word) => `“${word}…”`).join(', ')}`;
  const reads = READING_VERBS.has(main) && pattern.evenReading !== true;
  const reading = ACTING.has(label) && reads;
  const rejected = found.excluded ?? (reading ? `its main verb is “${main}…”` : undefined);
  return { label, because, ...(rejected === undefined ? {} : { rejected }) };
}

function phrasesOf({ name, title, description }: ToolDefinition): readonly Phrase[] {
  const phrases = [namePhrase(name, 'name', VERBS)];
  if (title) phrases.push(namePhrase(title, 'title', VERBS));
  return [...phrases, ...descriptionPhrases(description ?? '')];
}

/** The first verb of its name, else of its description; empty where there is none. */
function mainVerb(phrases: readonly Phrase[]): string {
  const phrase = phrases.find(({ verbs }) => verbs.length > 0);
  return phrase?.stems[phrase.verbs[0] ?? 0] ?? '';
}

interface Found {
  readonly source: Phrase['source'];
  readonly words: readonly string[];
  /** A word that speaks against it. */
  readonly excluded?: string;
}

/** The first phrase that matches; one that is excluded only where no other matches. */
function firstMatch(pattern: LabelPattern, phrases: readonly Phrase[]): Found | undefined {
  const found = phrases.flatMap((phrase) => matchesOf(pattern, phrase));
  return found.find(({ excluded }) => excluded === undefined) ?? found[0];
}

function matchesOf(pattern: LabelPattern, phrase: Phrase): readonly Found[] {
  if (pattern.nameOnly === true && phrase.source === 'description') return [];
  const { stems, source } = phrase;
  const starts = pattern.verbs ? verbsIn(phrase, pattern.verbs) : [0];
  return starts.flatMap((start) => {
    const near = pattern.verbs ? objectsOf(phrase, start) : stems;
    const words = wordsOf(pattern, near);
    if (words === undefined) return [];
    const against =
      near.find((word) => pattern.not?.has(word)) ?? stems.find((word) => pattern.never?.has(word));
    const verb = pattern.verbs ? [stems[start] ?? ''] : [];
    const excluded = against === undefined ? {} : { excluded: `it says “${against}…” beside it` };
    return [{ source, words: [...new Set([...verb, ...words])], ...excluded }];
  });
}

const verbsIn = ({ stems, verbs }: Phrase, wanted: ReadonlySet<string>): readonly number[] =>
  verbs.filter((at) => wanted.has(stems[at] ?? ''));

/** In a sentence the object follows its verb, and soon; in a name it may stand before it. */
function objectsOf({ source, stems }: Phrase, verb: number): readonly string[] {
  if (source !== 'description') return stems;
  const near = stems.slice(verb, verb + 1 + OBJECT_WITHIN);
  const end = near.indexOf(CLAUSE_END);
  return end < 0 ? near : near.slice(0, end);
}

/** A word of every list, and a pair where there are any; undefined where one is missing. */
function wordsOf({ all = [], pair }: LabelPattern, near: readonly string[]): string[] | undefined {
  const found = all.map((list) => near.find((word) => list.has(word)));
  const both = pair?.find(([a, b]) => near.some((word, i) => word === a && near[i + 1] === b));
  const words = found.filter((word) => word !== undefined);
  if (words.length < all.length || (pair !== undefined && both === undefined)) return undefined;
  return [...words, ...(both ?? [])];
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
    if (row.with !== undefined && !reasons.has(row.with)) continue;
    if (!phrases.some((phrase) => verbsIn(phrase, row.verbs).length > 0)) continue;
    if (phrases.some(({ stems }) => stems.some((word) => row.not?.has(word)))) continue;
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
