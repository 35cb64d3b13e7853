import { isObject, LABELS, LIMITS, type ToolDefinitionFacts, type ToolHints } from '@spoor/core';
import { canonicalText, type ExamineContext, examine } from '../examine/examine.ts';
import { argumentNames, classifyTool, hasOpenArguments, type ToolDefinition } from './classify.ts';
import { mentionsIn, nameSkeleton } from './names.ts';
import { type Poison, poisonOf } from './poison/poison.ts';

/** What is known of one tool from its definition, without holding it. */
export const examineTool = (
  definition: ToolDefinition,
  context: ExamineContext,
): ToolDefinitionFacts => weighTool(definition, context).facts;

/** The same, with how much of poison its words weigh. */
export function weighTool(
  definition: ToolDefinition,
  context: ExamineContext,
): { readonly facts: ToolDefinitionFacts; readonly poison: Poison } {
  const text = canonicalText(fieldsOf(definition));
  const read = { text, digest: context.digest(text), poison: poisonOf(definition) };
  return { facts: factsOf(definition, read, context), poison: read.poison };
}

/** Facts by digest, for whoever owns the keys that digests were made with. */
const remembered = new WeakMap<object, Map<string, ToolDefinitionFacts>>();

/**
 * Servers are asked for their list again and again, and it is nearly always the same one: a
 * definition that was seen under these keys is only hashed.
 */
export function examineToolOnce(
  definition: ToolDefinition,
  context: ExamineContext,
  keys: object,
): ToolDefinitionFacts {
  const text = canonicalText(fieldsOf(definition));
  const digest = context.digest(text);
  const known = remembered.get(keys) ?? new Map<string, ToolDefinitionFacts>();
  remembered.set(keys, known);
  const before = known.get(digest);
  if (before) return before;
  const read = { text, digest, poison: poisonOf(definition) };
  const facts = factsOf(definition, read, context);
  const [oldest] = known.keys();
  if (known.size >= LIMITS.toolsPerServerMax && oldest !== undefined) known.delete(oldest);
  known.set(digest, facts);
  return facts;
}

const fieldsOf = ({
  name,
  title,
  description,
  inputSchema,
  outputSchema,
  annotations,
}: ToolDefinition): ToolDefinition => ({
  name,
  ...(title !== undefined && { title }),
  ...(description !== undefined && { description }),
  inputSchema,
  outputSchema,
  annotations,
});

interface Read {
  /** Its fields, canonical. */
  readonly text: string;
  readonly digest: string;
  readonly poison: Poison;
}

/** Digits of a digest by which names are compared: chance finds no other name of one hub. */
const NAME_DIGITS = 16;

function factsOf(
  definition: ToolDefinition,
  { text, digest, poison }: Read,
  context: ExamineContext,
): ToolDefinitionFacts {
  const how = { ...context, digest: () => digest, role: 'result' } as const;
  const facts = examine(JSON.parse(text), text.length, how);
  const digestOf = (name: string): string =>
    context.digest(`tool name\n${name}`).slice(0, NAME_DIGITS);
  const mentions = mentionsIn(definition).map(digestOf);
  const { labels, reasons, rejected } = classifyTool(definition);
  const given = labels.map((label) => ({ label, because: reasons[label] ?? '' }));
  const why = [...given, ...rejected].slice(0, LABELS.length);
  const hints = hintsOf(definition.annotations);
  return {
    name: definition.name.slice(0, LIMITS.nameCharsMax),
    digest: facts.digest,
    labels,
    argumentNames: argumentNames(definition.inputSchema).slice(0, LIMITS.argumentPathsMax),
    ...(hasOpenArguments(definition.inputSchema) ? { openArguments: true } : {}),
    ...(why.length > 0 ? { why } : {}),
    ...(hints === undefined ? {} : { hints }),
    hiddenText: facts.hiddenText,
    instructionLike: facts.instructionLike,
    ...(poison.poisoned ? { poison: poison.signs } : {}),
    skeleton: digestOf(nameSkeleton(definition.name)),
    ...(mentions.length > 0 ? { mentions } : {}),
    ...(facts.projection === undefined ? {} : { projection: facts.projection }),
  };
}

/** The two hints that labels know of; undefined where there is neither. */
function hintsOf(annotations: unknown): ToolHints | undefined {
  if (!isObject(annotations)) return undefined;
  const { readOnlyHint, destructiveHint } = annotations;
  const hints: ToolHints = {
    ...(typeof readOnlyHint === 'boolean' && { readOnly: readOnlyHint }),
    ...(typeof destructiveHint === 'boolean' && { destructive: destructiveHint }),
  };
  return Object.keys(hints).length > 0 ? hints : undefined;
}
