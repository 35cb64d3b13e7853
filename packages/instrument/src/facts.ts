import {
  type AttributeValue,
  type CallId,
  type Cause,
  isObject,
  type JsonRpcId,
  metaOf,
  methodName,
  PROTOCOL_VERSION_META_KEY,
  type Request,
  type SipKey,
  safeName,
  sipHash,
} from '@spoor/core';

/** What spans say of a request: never its content, and names only where they are plain. */
export interface RequestFacts {
  /** `_OTHER` where a peer made the method up. */
  readonly method: string;
  readonly tool?: string;
  readonly prompt?: string;
  readonly resource?: string;
  readonly requestId: string;
  readonly version?: string;
  /** Names of arguments that the tool's schema declares. */
  readonly arguments?: readonly string[];
}

export type Wanted = Record<string, AttributeValue | undefined>;

const RESOURCE_METHODS: ReadonlySet<string> = new Set([
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
]);

/** @param version Of the connection, for requests that do not name one themselves. */
export function factsOf(
  request: Request,
  key: SipKey,
  version: string | undefined,
  declared: ReadonlyMap<string, readonly string[]>,
): RequestFacts {
  const { method, params } = request;
  const own = metaOf(params)[PROTOCOL_VERSION_META_KEY];
  const revision = typeof own === 'string' ? own : version;
  return {
    method: methodName(method),
    requestId: requestId(request.id, key),
    ...(revision === undefined ? {} : { version: revision }),
    ...targetOf(request, key, declared),
  };
}

function targetOf(
  { method, params }: Request,
  key: SipKey,
  declared: ReadonlyMap<string, readonly string[]>,
): Partial<RequestFacts> {
  const { name, uri } = params;
  const plain = (text: string): string => safeName(text, (odd) => sipHash(key, odd));
  if (method === 'tools/call' && typeof name === 'string') {
    const names = argumentNames(params.arguments, declared.get(name));
    return { tool: plain(name), ...(names.length === 0 ? {} : { arguments: names }) };
  }
  if (method === 'prompts/get' && typeof name === 'string') return { prompt: plain(name) };
  if (RESOURCE_METHODS.has(method) && typeof uri === 'string') {
    const scheme = /^([a-z][a-z0-9.-]{0,15}):/.exec(uri)?.[1] ?? 'unknown';
    return { resource: `${scheme}:${sipHash(key, uri)}` };
  }
  return {};
}

/** A caller may put anything into the name of an argument; a schema's names are in its list. */
function argumentNames(given: unknown, declared: readonly string[] | undefined): string[] {
  if (declared === undefined || !isObject(given)) return [];
  return declared.filter((name) => Object.hasOwn(given, name));
}

const requestId = (id: JsonRpcId, key: SipKey): string =>
  typeof id === 'number' ? String(id) : `~${sipHash(key, id)}`;

/** Attributes by OpenTelemetry's MCP conventions; `spoor.*` are ours. */
export function attributesOf(
  facts: RequestFacts,
  more: {
    readonly call: CallId;
    readonly cause: Cause;
    readonly cluster: string | undefined;
    readonly server: string | undefined;
    readonly network: string | undefined;
  },
): Wanted {
  return {
    'mcp.method.name': facts.method,
    'mcp.protocol.version': facts.version,
    'mcp.resource.uri': facts.resource,
    'jsonrpc.request.id': facts.requestId,
    'gen_ai.operation.name': facts.method === 'tools/call' ? 'execute_tool' : undefined,
    'gen_ai.tool.name': facts.tool,
    'gen_ai.prompt.name': facts.prompt,
    'network.transport': more.network,
    'spoor.server.name': more.server,
    'spoor.call.id': more.call,
    'spoor.cause.kind': more.cause.kind,
    'spoor.cause.evidence': more.cause.evidence,
    'spoor.cause.parent': more.cause.parent,
    'spoor.intent.cluster': more.cluster,
    'spoor.request.arguments': facts.arguments,
  };
}

/** How a request ended, as far as spans say it. */
export interface Ending {
  /** Coded; absent where it went well. */
  readonly error?: string;
  /** JSON-RPC's code. */
  readonly status?: string;
}

export const FINE: Ending = {};

/** Error texts are content: only codes are read. */
export function endingOf(response: {
  readonly result?: unknown;
  readonly error?: unknown;
}): Ending {
  const { result, error } = response;
  if (isObject(error)) {
    const { code } = error;
    const known = Number.isSafeInteger(code) && Math.abs(Number(code)) < 1_000_000;
    return known ? { error: String(code), status: String(code) } : { error: 'unknown' };
  }
  return isObject(result) && result.isError === true ? { error: 'tool_error' } : FINE;
}
