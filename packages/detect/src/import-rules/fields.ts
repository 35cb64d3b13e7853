/** Names that other rules give to what the log schema has. */
interface Alias {
  readonly fields: readonly string[];
  /** What else has to hold, so that the field means the same. */
  readonly also?: Readonly<Record<string, string>>;
}

const REQUEST: Alias = { fields: ['request.text'] };
const RESULT: Alias = { fields: ['result.text'] };
const PROMPT: Alias = { fields: ['request.text'], also: { kind: 'intent' } };

const ALIASES: Readonly<Record<string, Alias>> = {
  tool: { fields: ['tool.name'] },
  toolname: { fields: ['tool.name'] },
  tooldescription: { fields: ['definition.text'] },
  toolschema: { fields: ['definition.text'] },
  toolargs: REQUEST,
  toolarguments: REQUEST,
  toolinput: REQUEST,
  toolparameters: REQUEST,
  arguments: REQUEST,
  args: REQUEST,
  parameters: REQUEST,
  params: REQUEST,
  parametervalue: REQUEST,
  parametervalues: REQUEST,
  toolresponse: RESULT,
  tooloutput: RESULT,
  toolresult: RESULT,
  response: RESULT,
  responsecontent: RESULT,
  result: RESULT,
  output: RESULT,
  prompt: PROMPT,
  userprompt: PROMPT,
  userinput: PROMPT,
  content: { fields: ['request.text', 'result.text', 'definition.text'] },
  parametername: { fields: ['request.keys'] },
  parameternames: { fields: ['request.keys'] },
  totalparamssizebytes: { fields: ['request.bytes'] },
  requestsize: { fields: ['request.bytes'] },
  responsesize: { fields: ['result.bytes'] },
  resultsizebytes: { fields: ['result.bytes'] },
  server: { fields: ['server.name'] },
  servername: { fields: ['server.name'] },
  mcpserver: { fields: ['server.name'] },
  sessionid: { fields: ['session'] },
  userid: { fields: ['principal'] },
  clientname: { fields: ['identity.agent'] },
  mcpmethod: { fields: ['method'] },
  rpcmethod: { fields: ['method'] },
  errorcode: { fields: ['error.type'] },
};

/** Members of arguments and results: here their texts are one field. */
const MEMBER = /^(tool[._])?(args|arguments|parameters|params|input|result|response|output)\./;

export interface FoundField extends Alias {
  /** What the field does not say here. */
  readonly note?: string;
}

/** What a field of others is called here; undefined for names that are not translated. */
export function fieldFor(name: string): FoundField | undefined {
  const found = ALIASES[name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')];
  if (found) return found;
  const member = MEMBER.exec(name.toLowerCase())?.[2];
  if (member === undefined) return undefined;
  const result = member === 'result' || member === 'response' || member === 'output';
  return { ...(result ? RESULT : REQUEST), note: `${name}: any member is looked at, not this one` };
}

/** Kinds of events that others name. */
export const KIND_FOR: Readonly<Record<string, string>> = {
  tool_call: 'tool.call',
  tool_invocation: 'tool.call',
  'tools/call': 'tool.call',
  tool_response: 'tool.call',
  tool_result: 'tool.call',
  tools_list: 'tool.list',
  tool_registration: 'tool.list',
  'tools/list': 'tool.list',
  resource_read: 'resource.read',
  'resources/read': 'resource.read',
  sampling_request: 'sampling.request',
  'sampling/createmessage': 'sampling.request',
  elicitation_request: 'elicitation.request',
  user_prompt: 'intent',
  user_input: 'intent',
};
