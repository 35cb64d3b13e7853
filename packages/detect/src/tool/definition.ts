import { LIMITS, type ToolDefinitionFacts } from '@spoor/core';
import { canonicalText, type ExamineContext, examine } from '../examine/examine.ts';
import { argumentNames, classifyTool, type ToolDefinition } from './classify.ts';
import { poisonOf } from './poison/poison.ts';

/** What is known of one tool from its definition, without holding it. */
export function examineTool(
  definition: ToolDefinition,
  context: ExamineContext,
): ToolDefinitionFacts {
  const { name, title, description, inputSchema, outputSchema, annotations } = definition;
  const whole = { name, title, description, inputSchema, outputSchema, annotations };
  const text = canonicalText(whole);
  const facts = examine(JSON.parse(text), text.length, { ...context, role: 'result' });
  const poison = poisonOf(definition);
  return {
    name: name.slice(0, LIMITS.nameCharsMax),
    digest: facts.digest,
    labels: classifyTool(definition).labels,
    argumentNames: argumentNames(inputSchema).slice(0, LIMITS.argumentPathsMax),
    hiddenText: facts.hiddenText,
    instructionLike: facts.instructionLike,
    ...(poison.poisoned ? { poison: poison.signs } : {}),
    ...(facts.projection === undefined ? {} : { projection: facts.projection }),
  };
}
