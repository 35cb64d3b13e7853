import {
  type ContentFacts,
  type Decision,
  isObject,
  newCallId,
  type Random,
  type SealedContent,
  type SealedPart,
  type Sensed,
  safeName,
} from '@spoor/core';
import { intentCluster } from '@spoor/detect';
import { type ContentMatcher, examineContent, NO_CAUSE } from '@spoor/detect/sense';
import type { Keys } from '@spoor/edge';
import { type Content, type ForeignCall, serviceOf } from '@spoor/edge/otlp';
import type { Sealer } from '@spoor/ledger/seal';
import { type JoinedCall, sideOf, spanKey } from './calls.ts';
import type { ForeignTold } from './told.ts';

export interface SensingContext {
  readonly keys: Keys;
  readonly project: boolean;
  /** Answers what rules ask of content. */
  readonly content: ContentMatcher;
  /** Undefined while there is no auditor. */
  readonly sealer: Sealer | undefined;
  readonly random: Random;
}

/** It was over before the hub heard of it: it may alert, and is never blocked. */
const LATE: Decision = {
  action: 'allow',
  wanted: 'allow',
  rule: '',
  reason: 'default',
  mode: 'observe',
  by: 'hub',
};

const REQUEST_ID_CHARS_MAX = 16;

/**
 * Turns a call as spans tell it into facts: the content that the spans held is examined and sealed
 * here, and goes no further.
 */
export function senseForeign(joined: JoinedCall, context: SensingContext): ForeignTold {
  const { head, call, spans, ancestors } = joined;
  const { row } = head;
  const id = newCallId(Math.max(0, Math.floor(row.startMs)), context.random);
  const { begun, ended } = sensed(id, joined, context);
  const waits = call.kind !== 'intent' && call.kind !== 'llm.call';
  const request = sealed(id, call.kind === 'intent' ? 'intent' : 'request', call.request, context);
  const answer = [
    ...sealed(id, 'result', call.result, context),
    ...sealed(id, 'error', call.error, context),
  ];
  return {
    trace: row.trace,
    spans,
    ancestors,
    ...(row.parent === '' ? {} : { parent: spanKey(row.trace, row.parent) }),
    side: sideOf(head, call),
    server: safeName(call.server, context.keys.short),
    transport: call.transport,
    agent: safeName(serviceOf(row), context.keys.short),
    claims: head.claims > 0,
    ...(head.claimed === undefined ? {} : { claimed: head.claimed }),
    ...(waits ? { begun: { sensed: begun, sealed: request } } : {}),
    ended: { sensed: ended, sealed: waits ? answer : [...request, ...answer] },
  };
}

function sensed(
  id: string,
  { head: { row }, call }: JoinedCall,
  context: SensingContext,
): { readonly begun: Sensed; readonly ended: Sensed } {
  const { keys } = context;
  const request = requestFacts(call, row.truncated, context);
  const result = answerFacts(call, row.truncated, context);
  const both = {
    id,
    kind: call.kind,
    startMs: row.startMs,
    ...targetOf(call, keys),
    method: safeName(call.method, keys.short).slice(0, 64),
    ...(call.requestId === undefined ? {} : { requestId: requestIdOf(call.requestId, keys) }),
    era: eraOf(call.protocolVersion),
    ...(call.protocolVersion === undefined ? {} : { protocolVersion: call.protocolVersion }),
    span: row.span,
    ...(row.parent === '' ? {} : { traceparent: { trace: row.trace, parent: row.parent } }),
    cause: NO_CAUSE,
    ...(request === undefined ? {} : { request }),
  } as const;
  return {
    begun: { ...both, outcome: 'pending', decidedAlone: LATE },
    ended: {
      ...both,
      endMs: row.endMs,
      outcome: call.outcome,
      ...(call.errorType === undefined ? {} : { errorType: call.errorType }),
      ...(result === undefined ? {} : { result }),
      ...clusterOf(call, keys),
    },
  };
}

function requestFacts(
  { kind, request }: ForeignCall,
  truncated: boolean,
  context: SensingContext,
): ContentFacts | undefined {
  if (request === undefined) return undefined;
  if (kind !== 'intent') return facts(request.value, 'arguments', truncated, context);
  return facts(promptOf(request.value), 'intent', truncated, context);
}

function answerFacts(
  { result, error }: ForeignCall,
  truncated: boolean,
  context: SensingContext,
): ContentFacts | undefined {
  const content = result ?? error;
  return content === undefined ? undefined : facts(content.value, 'result', truncated, context);
}

function facts(
  content: unknown,
  role: 'arguments' | 'result' | 'intent',
  truncated: boolean,
  context: SensingContext,
): ContentFacts {
  const bytes = Buffer.byteLength(typeof content === 'string' ? content : JSON.stringify(content));
  const seen = examineContent(content, bytes, role, context);
  if (!truncated) return seen;
  // Of what was cut on its way here nobody can say what it held.
  const { matched: _, ...rest } = seen;
  return { ...rest, truncated };
}

/** As the attributes held it, so that an auditor sees what was put where. */
function sealed(
  id: string,
  part: SealedPart,
  content: Content | undefined,
  { sealer }: SensingContext,
): SealedContent[] {
  if (sealer === undefined || content === undefined) return [];
  return [sealer.seal(id, part, Buffer.from(JSON.stringify(content.raw)))];
}

function targetOf(call: ForeignCall, keys: Keys): Pick<Sensed, 'tool' | 'prompt' | 'resource'> {
  const { kind, tool, prompt, uri } = call;
  if (kind === 'tool.call') return { tool: safeName(tool ?? 'unknown', keys.short) };
  if (kind === 'prompt.get') return { prompt: safeName(prompt ?? 'unknown', keys.short) };
  if (kind !== 'resource.read' || uri === undefined) return {};
  const scheme = /^([a-z][a-z0-9.-]{0,15}):/.exec(uri)?.[1] ?? 'unknown';
  return { resource: `${scheme}:${keys.short(uri)}` };
}

const requestIdOf = (id: string, keys: Keys): string =>
  /^-?\d+$/.test(id) && id.length <= REQUEST_ID_CHARS_MAX ? id : `~${keys.short(id)}`;

/** The first revision without sessions. */
const MODERN = '2026-07-28';

const eraOf = (version: string | undefined): Sensed['era'] =>
  version === undefined ? 'unknown' : version >= MODERN ? 'modern' : 'legacy';

function clusterOf({ kind, request }: ForeignCall, keys: Keys): Pick<Sensed, 'cluster'> {
  if (kind !== 'intent' || request === undefined) return {};
  return { cluster: intentCluster(promptOf(request.value), keys.cluster) };
}

/** What the user said, in whatever form of messages it came. */
function promptOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const list = isObject(value) ? (value.messages ?? value.prompt ?? value) : value;
  if (typeof list === 'string') return list;
  if (!Array.isArray(list)) return textOf(list);
  const users = list.filter((message) => isObject(message) && message.role === 'user');
  return (users.length === 0 ? list : users).map(textOf).join('\n');
}

/** Texts of a message, in the forms of its parts that are known. */
function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (Array.isArray(message)) return message.map(textOf).join('\n');
  if (!isObject(message)) return '';
  const inner = message.parts ?? message.content ?? message.text;
  return inner === undefined ? JSON.stringify(message) : textOf(inner);
}
