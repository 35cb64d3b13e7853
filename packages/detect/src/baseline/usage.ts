import { isObject, LIMITS, USAGE_NAMES, type Usage, type UsageName } from '@spoor/core';

/**
 * Where results say what was used for them. In `usage`, by the name of an object and of a member in
 * it; flat, by the member's own name.
 */
const NAMES: Readonly<Record<string, UsageName>> = {
  // Anthropic Messages API, OpenAI Responses API
  input_tokens: 'input_tokens',
  output_tokens: 'output_tokens',
  // OpenAI Chat Completions API
  prompt_tokens: 'input_tokens',
  completion_tokens: 'output_tokens',
  total_tokens: 'total_tokens',
  // Gemini API, `usageMetadata`
  promptTokenCount: 'input_tokens',
  candidatesTokenCount: 'output_tokens',
  totalTokenCount: 'total_tokens',
  // OpenRouter usage accounting
  cost: 'cost',
  total_cost: 'cost',
};

const FLAT: Readonly<Record<string, UsageName>> = {
  // OpenTelemetry semantic conventions for generative AI
  'gen_ai.usage.input_tokens': 'input_tokens',
  'gen_ai.usage.output_tokens': 'output_tokens',
  // Result messages of agent programs that wrap a model
  total_cost_usd: 'cost',
  cost: 'cost',
};

const OBJECTS = ['usage', 'usageMetadata', 'token_usage'] as const;

/** What a result says was used for it; undefined where it says nothing that could be believed. */
export function usageOf(result: unknown): Usage | undefined {
  if (!isObject(result)) return undefined;
  for (const holder of [result._meta, result, result.structuredContent, textOf(result.content)]) {
    if (!isObject(holder)) continue;
    const found = usageIn(holder);
    if (found !== undefined) return found;
  }
  return undefined;
}

function usageIn(holder: Readonly<Record<string, unknown>>): Usage | undefined {
  const usage: Partial<Record<UsageName, number>> = {};
  for (const [member, name] of Object.entries(FLAT)) note(usage, name, holder[member]);
  for (const object of OBJECTS) {
    const inside = holder[object];
    if (!isObject(inside)) continue;
    for (const [member, name] of Object.entries(NAMES)) note(usage, name, inside[member]);
  }
  return USAGE_NAMES.some((name) => usage[name] !== undefined) ? usage : undefined;
}

/** A negative number would give back what was spent. */
function note(usage: Partial<Record<UsageName, number>>, name: UsageName, value: unknown): void {
  const isAmount =
    typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= LIMITS.usageMax;
  if (isAmount) usage[name] ??= value;
}

/** The one text of a result, where that is a JSON object and speaks of usage. */
function textOf(content: unknown): unknown {
  if (!Array.isArray(content) || content.length !== 1) return undefined;
  const [only] = content as readonly unknown[];
  const text = isObject(only) && typeof only.text === 'string' ? only.text : '';
  const small = text.startsWith('{') && text.length <= LIMITS.usageTextCharsMax;
  if (!small || !/"(?:usage|usageMetadata|token_usage|total_cost_usd)"/.test(text))
    return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
