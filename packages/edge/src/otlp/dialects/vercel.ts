import type { Dialect } from './dialect.ts';

/** Vercel's AI SDK: its own names, beside OpenTelemetry's. */
export const VERCEL: Dialect = {
  name: 'vercel',
  attributes: {
    'ai.operationId': 'kind',
    'ai.toolCall.name': 'tool',
    'ai.toolCall.args': 'arguments',
    'ai.toolCall.result': 'result',
    'ai.prompt': 'input',
    'ai.prompt.messages': 'input',
    'ai.response.text': 'output',
    'ai.response.reasoning': 'content',
    'ai.response.object': 'output',
    'ai.response.toolCalls': 'content',
    'ai.request.headers.authorization': 'content',
    'ai.request.headers.cookie': 'content',
    'ai.values': 'content',
    'ai.value': 'content',
  },
  prefixes: { 'ai.telemetry.metadata.': 'content' },
  kinds: {
    'ai.toolCall': 'tool.call',
    'ai.generateText': 'intent',
    'ai.streamText': 'intent',
    'ai.generateText.doGenerate': 'llm.call',
    'ai.streamText.doStream': 'llm.call',
    'ai.generateObject.doGenerate': 'llm.call',
    'ai.streamObject.doStream': 'llm.call',
  },
};
