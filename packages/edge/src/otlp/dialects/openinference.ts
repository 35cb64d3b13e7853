import type { Dialect } from './dialect.ts';

/** Arize's OpenInference. */
export const OPENINFERENCE: Dialect = {
  name: 'openinference',
  attributes: {
    'openinference.span.kind': 'kind',
    'tool.name': 'tool',
    'tool.parameters': 'arguments',
    'input.value': 'input',
    'output.value': 'output',
    'user.id': 'content',
    metadata: 'content',
    'retrieval.documents': 'content',
    'llm.prompts': 'content',
  },
  prefixes: {
    'llm.input_messages.': 'content',
    'llm.output_messages.': 'content',
    'llm.prompt_template.': 'content',
    'retrieval.documents.': 'content',
  },
  kinds: { TOOL: 'tool.call', LLM: 'llm.call', AGENT: 'intent' },
};
