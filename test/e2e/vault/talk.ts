import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';

/** Words that stand in one content each, of a talk with `server-everything`. */
export const SAID = {
  argument: 'quokka-argument-7391',
  failing: 'quokka-failing-7391',
  city: 'quokka-city-7391',
  prompt: 'quokka-sampled-7391',
  model: 'quokka-model-7391',
  answer: 'quokka-answer-7391',
} as const;

export interface Row {
  readonly kind: string;
  readonly method: string;
  /** What the sealed request holds, and what the sealed answer does. */
  readonly asked: string;
  readonly answered: string;
  readonly part?: 'result' | 'error' | 'definitions';
  readonly result?: 'call.result' | 'definitions';
}

/** What {@link talk} makes happen. */
export const ROWS: readonly Row[] = [
  {
    kind: 'a list of tools',
    method: 'tools/list',
    asked: '"tools/list"',
    answered: '"inputSchema"',
    part: 'definitions',
    result: 'definitions',
  },
  {
    kind: 'a list of resources',
    method: 'resources/list',
    asked: '"resources/list"',
    answered: '"resources"',
  },
  {
    kind: 'a list of templates',
    method: 'resources/templates/list',
    asked: '"resources/templates/list"',
    answered: '"resourceTemplates"',
  },
  {
    kind: 'a list of prompts',
    method: 'prompts/list',
    asked: '"prompts/list"',
    answered: '"args-prompt"',
  },
  {
    kind: 'a tool call',
    method: 'tools/call',
    asked: SAID.argument,
    answered: `Echo: ${SAID.argument}`,
  },
  {
    kind: 'a call that fails',
    method: 'prompts/get',
    asked: SAID.failing,
    answered: SAID.failing,
    part: 'error',
  },
  {
    kind: 'a resource read',
    method: 'resources/read',
    asked: 'demo://resource/dynamic/text/7',
    answered: '"contents"',
  },
  {
    kind: 'a prompt',
    method: 'prompts/get',
    asked: SAID.city,
    answered: `weather in ${SAID.city}`,
  },
  {
    kind: 'sampling',
    method: 'sampling/createMessage',
    asked: SAID.prompt,
    answered: SAID.model,
  },
  {
    kind: 'elicitation',
    method: 'elicitation/create',
    asked: 'requestedSchema',
    answered: SAID.answer,
  },
];

export function talkingClient(): Client {
  const client = new Client(
    { name: 'every-kind', version: '1.0.0' },
    { capabilities: { sampling: {}, elicitation: { form: {} } } },
  );
  client.setRequestHandler(CreateMessageRequestSchema, () => ({
    role: 'assistant',
    model: 'test',
    content: { type: 'text', text: SAID.model },
  }));
  client.setRequestHandler(ElicitRequestSchema, () => ({
    action: 'accept',
    content: { name: SAID.answer, check: true },
  }));
  return client;
}

/** Every kind of exchange with `server-everything`, once or more. */
export async function talk(client: Client, transport: Transport): Promise<void> {
  await client.connect(transport);
  await client.listTools();
  await client.listResources();
  await client.listResourceTemplates();
  await client.listPrompts();
  await client.callTool({ name: 'echo', arguments: { message: SAID.argument } });
  await client.getPrompt({ name: SAID.failing }).then(
    () => {
      throw new Error('this prompt does not exist');
    },
    () => undefined,
  );
  await client.readResource({ uri: 'demo://resource/dynamic/text/7' });
  await client.getPrompt({ name: 'args-prompt', arguments: { city: SAID.city } });
  await client.callTool({ name: 'trigger-sampling-request', arguments: { prompt: SAID.prompt } });
  await client.callTool({ name: 'trigger-elicitation-request', arguments: {} });
  await client.close();
}
