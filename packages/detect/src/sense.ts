import {
  type Cause,
  type ContentFacts,
  type Crossing,
  type DefinitionFacts,
  eraOf,
  isObject,
  type JsonRpcId,
  LIMITS,
  metaOf,
  newCallId,
  newSpanId,
  type ObservationKind,
  type Outcome,
  PROTOCOL_VERSION_META_KEY,
  type Random,
  type Request,
  type Response,
  type Sensed,
  type SipKey,
  safeName,
  type UnreadableReason,
} from '@spoor/core';
import { usageOf } from './baseline/usage.ts';
import { examine } from './examine/examine.ts';
import { type PlacedValue, readPassages } from './passages/read.ts';
import type { PlacedText } from './passages/texts.ts';
import type { ContentMatcher } from './rules/match-content.ts';
import { examineToolOnce } from './tool/definition.ts';
import { readCall, readPrompt, readResult } from './wording/read.ts';
import { packWording } from './wording/wording.ts';

export { type ContentMatcher, contentMatcher } from './rules/match-content.ts';

/** Turns messages into facts about them: the last place that sees plaintext. */

/** Keyed hashes of one session, as sensing needs them. Digests are hexadecimal digits. */
export interface SenseKeys {
  readonly print: SipKey;
  /** The same for all sessions of one hub; without it, destinations are not told apart. */
  readonly cluster?: SipKey;
  /** The same within a session. */
  digest(text: string): string;
  /** The same for all sessions of one hub. */
  definitionDigest(text: string): string;
  /** For names and ids. */
  short(text: string): string;
}

const KINDS: Readonly<Record<string, ObservationKind>> = {
  'tools/call': 'tool.call',
  'tools/list': 'tool.list',
  'resources/list': 'resource.list',
  'resources/templates/list': 'resource.list',
  'resources/read': 'resource.read',
  'prompts/list': 'prompt.list',
  'prompts/get': 'prompt.get',
  'sampling/createMessage': 'sampling.request',
  'elicitation/create': 'elicitation.request',
};

/** What a method is observed as; undefined for traffic that is only forwarded. */
export const kindOf = (method: string): ObservationKind | undefined => KINDS[method];

export const NO_CAUSE: Cause = { kind: 'unknown', evidence: 'none' };

export interface SenseContext {
  readonly keys: SenseKeys;
  readonly project: boolean;
  /** First words of descriptions, by name of tool: lists write them, calls read them. */
  readonly descriptions?: Map<string, string>;
  /** Answers what rules ask of content; absent where none does. */
  readonly content?: ContentMatcher;
  readonly random: Random;
  readonly nowMs: number;
  readonly protocolVersion?: string;
  /** What the trust boundary let through of the request's trace context. */
  readonly crossing?: Crossing;
}

/** A request as an observation that is pending. `bytes` is the size of its frame. */
export function senseRequest(
  request: Request,
  kind: ObservationKind,
  bytes: number,
  cause: Cause,
  context: SenseContext,
): Sensed {
  const { keys, random, nowMs } = context;
  const version = metaOf(request.params)[PROTOCOL_VERSION_META_KEY] ?? context.protocolVersion;
  return {
    id: newCallId(nowMs, random),
    kind,
    startMs: nowMs,
    ...targetOf(request, kind, keys),
    method: safeName(request.method, keys.short).slice(0, 64),
    requestId: requestIdOf(request.id, keys),
    era: eraOf(request),
    ...(typeof version === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(version)
      ? { protocolVersion: version }
      : {}),
    span: newSpanId(random),
    ...context.crossing,
    cause,
    request: senseArguments(request, kind, bytes, context),
    outcome: 'pending',
  };
}

/** The same observation at its end. */
export function senseResponse(
  begun: Sensed,
  response: Response,
  bytes: number,
  context: SenseContext,
): Sensed {
  const { outcome, errorType } = outcomeOf(response);
  const content = response.error ?? response.result;
  const listed = begun.kind === 'tool.list' && response.error === undefined;
  if (listed && context.descriptions) keepDescriptions(context.descriptions, response.result);
  return {
    ...begun,
    endMs: context.nowMs,
    outcome,
    ...(errorType === undefined ? {} : { errorType }),
    // A definition list is no answer to a question of the user: it has its own facts.
    ...(listed
      ? { definitions: senseDefinitions(response.result, context) }
      : { result: withUsage(senseResult(content, bytes, context), content) }),
  };
}

/** The first sentence says what a tool does. */
const DESCRIPTION_CHARS_MAX = 400;

function keepDescriptions(kept: Map<string, string>, result: unknown): void {
  const tools = isObject(result) && Array.isArray(result.tools) ? result.tools : [];
  for (const tool of tools.slice(0, LIMITS.toolsPerServerMax)) {
    if (!isObject(tool) || typeof tool.name !== 'string') continue;
    const text = typeof tool.description === 'string' ? tool.description : '';
    const isKnown = kept.has(tool.name);
    if (!isKnown && kept.size >= LIMITS.toolsPerServerMax) continue;
    kept.set(tool.name, text.slice(0, DESCRIPTION_CHARS_MAX));
  }
}

function senseResult(content: unknown, bytes: number, context: SenseContext): ContentFacts {
  const facts = examineContent(content, bytes, 'result', context);
  return { ...facts, wording: packWording(readResult(context.keys.print, content)) };
}

/** A frame that could not be read: that it came is all that is known of it. */
export function senseUnreadable(reason: UnreadableReason, nowMs: number, random: Random): Sensed {
  return {
    id: newCallId(nowMs, random),
    kind: 'system',
    startMs: nowMs,
    endMs: nowMs,
    method: '',
    era: 'unknown',
    span: newSpanId(random),
    cause: NO_CAUSE,
    outcome: 'protocol_error',
    errorType: reason.replaceAll('-', '_'),
  };
}

/** More questions in one answer are nothing a person could read. */
const INPUT_REQUESTS_MAX = 32;

/**
 * In the modern era a server asks for sampling and elicitation inside a result. `bytes` is one such
 * question, written anew; as it came, it stands in the result.
 */
export function senseInputRequests(
  call: Sensed,
  { result }: Response,
  context: SenseContext,
): { readonly sensed: Sensed; readonly bytes: Uint8Array }[] {
  const asked = isObject(result) && isObject(result.inputRequests) ? result.inputRequests : {};
  const cause = { kind: 'server', parent: call.id, evidence: 'input' } as Cause;
  return Object.values(asked)
    .slice(0, INPUT_REQUESTS_MAX)
    .flatMap((one) => {
      const kind = isObject(one) && typeof one.method === 'string' ? kindOf(one.method) : undefined;
      if (!isObject(one) || kind === undefined) return [];
      const params = isObject(one.params) ? one.params : {};
      const request: Request = { kind: 'request', id: 0, method: String(one.method), params };
      const bytes = encoder.encode(JSON.stringify(one));
      const seen = senseRequest(request, kind, bytes.length, cause, context);
      const sensed: Sensed = { ...seen, era: 'modern', outcome: 'input_required' };
      return [{ sensed, bytes }];
    });
}

export function senseDefinitions(result: unknown, context: SenseContext): DefinitionFacts {
  const tools = isObject(result) && Array.isArray(result.tools) ? result.tools : [];
  const partial = isObject(result) && result.nextCursor !== undefined;
  const { keys } = context;
  const facts = tools
    .filter((tool) => isObject(tool) && typeof tool.name === 'string')
    .slice(0, LIMITS.toolsPerServerMax)
    .map((tool) => {
      const how = { key: keys.print, digest: keys.definitionDigest, role: 'result' } as const;
      const seen = examineToolOnce(tool, how, keys);
      return { ...withoutProjection(seen, context.project), name: safeName(tool.name, keys.short) };
    });
  const digest = keys.definitionDigest(facts.map((tool) => tool.digest).join());
  const matched = context.content?.match('definition', tools);
  return {
    tools: facts,
    digest,
    partial: partial || tools.length > LIMITS.toolsPerServerMax,
    ...(matched && { matched }),
  };
}

function senseArguments(
  request: Request,
  kind: ObservationKind,
  bytes: number,
  context: SenseContext,
): ContentFacts {
  const args = argumentsOf(request);
  const facts = examineContent(args, bytes, 'arguments', context);
  const { name } = request.params;
  if (kind !== 'tool.call' || typeof name !== 'string') return facts;
  const description = context.descriptions?.get(name);
  const tool = { name, ...(description === undefined ? {} : { description }) };
  return { ...facts, wording: packWording(readCall(context.keys.print, tool, args)) };
}

const encoder = new TextEncoder();

export function senseIntent(prompt: string, context: SenseContext): ContentFacts {
  const facts = examineContent(prompt, encoder.encode(prompt).length, 'intent', context);
  return { ...facts, wording: packWording(readPrompt(context.keys.print, prompt)) };
}

/** Everything that is known of one content, but for the words of it. */
export function examineContent(
  content: unknown,
  bytes: number,
  role: 'arguments' | 'result' | 'intent',
  context: Pick<SenseContext, 'keys' | 'project' | 'content'>,
): ContentFacts {
  const inner: PlacedText[] = [];
  const values: PlacedValue[] = [];
  const facts = examine(content, bytes, {
    key: context.keys.print,
    digest: context.keys.digest,
    role,
    inner: (text, at) => inner.push({ text, at }),
    ...(role === 'result' && {
      value: (text, at, found) => values.push({ text, at, class: found }),
    }),
    own: context.content?.own,
    ...(context.keys.cluster && { shared: context.keys.cluster }),
  });
  const texts = inner.map(({ text }) => text);
  const matched = context.content?.match(role === 'result' ? 'result' : 'request', content, texts);
  const found = { atoms: facts.atoms, inner, values };
  const passages = readPassages(context.keys.print, content, role, found);
  const all = { ...facts, ...(matched && { matched }), ...(passages && { passages }) };
  return withoutProjection(all, context.project);
}

function withUsage(facts: ContentFacts, result: unknown): ContentFacts {
  const usage = usageOf(result);
  return usage === undefined ? facts : { ...facts, usage };
}

function withoutProjection<Facts extends { readonly projection?: string }>(
  facts: Facts,
  project: boolean,
): Facts {
  if (project) return facts;
  const { projection: _, ...rest } = facts;
  return rest as Facts;
}

function targetOf(request: Request, kind: ObservationKind, keys: SenseKeys): Partial<Sensed> {
  const { name, uri } = request.params;
  if (kind === 'tool.call' && typeof name === 'string') return { tool: safeName(name, keys.short) };
  if (kind === 'prompt.get' && typeof name === 'string')
    return { prompt: safeName(name, keys.short) };
  if (kind === 'resource.read' && typeof uri === 'string')
    return { resource: resourceOf(uri, keys) };
  return {};
}

function resourceOf(uri: string, keys: SenseKeys): string {
  const scheme = /^([a-z][a-z0-9.-]{0,15}):/.exec(uri)?.[1] ?? 'unknown';
  return `${scheme}:${keys.short(uri)}`;
}

const requestIdOf = (id: JsonRpcId, keys: SenseKeys): string =>
  Number.isSafeInteger(id) ? String(id) : `~${keys.short(String(id))}`;

/** Arguments without what belongs to the protocol, so that equal calls have equal digests. */
function argumentsOf(request: Request): unknown {
  if (request.method === 'tools/call' || request.method === 'prompts/get') {
    return request.params.arguments ?? {};
  }
  const { _meta, ...rest } = request.params;
  return rest;
}

function outcomeOf(response: Response): { readonly outcome: Outcome; readonly errorType?: string } {
  if (response.error !== undefined) {
    const code = Number.isSafeInteger(response.error.code)
      ? String(response.error.code)
      : 'unknown';
    return { outcome: 'protocol_error', errorType: code.length <= 7 ? code : 'unknown' };
  }
  const { result } = response;
  if (isObject(result) && result.isError === true) {
    return { outcome: 'tool_error', errorType: 'tool_error' };
  }
  const waits = isObject(result) && result.resultType === 'input_required';
  return { outcome: waits ? 'input_required' : 'ok' };
}
