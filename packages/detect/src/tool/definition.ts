import { isObject, LABELS, LIMITS, type ToolDefinitionFacts, type ToolHints } from '@spoor/core';
import { canonicalText, type ExamineContext, examine } from '../examine/examine.ts';
import { argumentNames, classifyTool, hasOpenArguments, type ToolDefinition } from './classify.ts';
import { type Poison, poisonOf } from './poison/poison.ts';

/** What is known of one tool from its definition, without holding it. */
export const examineTool = (
  definition: ToolDefinition,
  context: ExamineContext,
): ToolDefinitionFacts =>
  factsOf(definition, canonicalText(fieldsOf(definition)), poisonOf(definition), context);

/** The same, with how much of poison its words weigh. */
export function weighTool(
  definition: ToolDefinition,
  context: ExamineContext,
): { readonly facts: ToolDefinitionFacts; readonly poison: Poison } {
  const poison = poisonOf(definition);
  return {
    facts: factsOf(definition, canonicalText(fieldsOf(definition)), poison, context),
    poison,
  };
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
  const once = { ...context, digest: () => digest };
  const facts = factsOf(definition, text, poisonOf(definition), once);
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

/** @param text its fields, canonical */
function factsOf(
  definition: ToolDefinition,
  text: string,
  poison: Poison,
  context: ExamineContext,
): ToolDefinitionFacts {
  const facts = examine(JSON.parse(text), text.length, { ...context, role: 'result' });
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
