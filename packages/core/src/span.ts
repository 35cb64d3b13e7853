import { type AttributeValue, allowAttributes } from './attributes.ts';
import type { SpanId, TraceId } from './ids.ts';
import type { Observation, RemoteSpan, ServerRef } from './observation.ts';

/**
 * A span as Spoor exports it, whatever the encoding. It can hold nothing that the allowlist does
 * not.
 */
export interface Span {
  readonly name: string;
  readonly kind: 'client' | 'internal';
  readonly trace: TraceId;
  readonly span: SpanId;
  readonly parent?: SpanId;
  /** A span of a peer in whose trace this one does not continue. */
  readonly link?: RemoteSpan;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Error status carries a fixed text: error messages are content. */
  readonly error: boolean;
  /** Attributes that the allowlist refused. */
  readonly dropped: number;
}

/** Methods that may stand in a span's name; any other is a peer's free text. */
const METHODS: ReadonlySet<string> = new Set([
  'completion/complete',
  'elicitation/create',
  'initialize',
  'logging/setLevel',
  'ping',
  'prompts/get',
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/subscribe',
  'resources/templates/list',
  'resources/unsubscribe',
  'roots/list',
  'sampling/createMessage',
  'server/discover',
  'subscriptions/listen',
  'tasks/cancel',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tasks/update',
  'tools/call',
  'tools/list',
]);

/** The method as spans and metrics may name it. */
export const methodName = (method: string): string => (METHODS.has(method) ? method : '_OTHER');

/**
 * The span of a finished observation. Source: OpenTelemetry semantic conventions for MCP (client
 * side), with the exceptions that `docs/telemetry.md` lists.
 */
export function spanOf(o: Observation, declaredArguments: ReadonlySet<string>): Span {
  // A prompt or a frame that nobody can read is no operation of the protocol.
  const isOperation = o.method !== '';
  const method = isOperation ? methodName(o.method) : o.kind;
  const failed = o.outcome !== 'ok' && o.outcome !== 'input_required';
  const { attributes, dropped } = allowAttributes({
    ...(isOperation ? convention(o, method) : { 'error.type': o.errorType }),
    ...ours(o),
    ...contentFacts(o, declaredArguments),
    ...decision(o),
  });
  // From the allowed attributes, so that no unchecked name can stand in the span's.
  const target = attributes['gen_ai.tool.name'] ?? attributes['gen_ai.prompt.name'];
  return {
    name: typeof target === 'string' ? `${method} ${target}` : method,
    kind: isOperation ? 'client' : 'internal',
    trace: o.trace.trace,
    span: o.trace.span,
    ...(o.trace.parent === undefined ? {} : { parent: o.trace.parent }),
    ...(o.trace.link === undefined ? {} : { link: o.trace.link }),
    startMs: o.time.startMs,
    endMs: o.time.endMs ?? o.time.startMs,
    attributes,
    error: failed,
    dropped,
  };
}

/** Nothing where there is no network, or nobody knows. */
export const NETWORK: Readonly<Partial<Record<ServerRef['transport'], string>>> = {
  stdio: 'pipe',
  http: 'tcp',
};

type Wanted = Record<string, AttributeValue | undefined>;

/** What the conventions put on an operation's duration, and our name of the server. */
export function operationAttributes(o: Observation): Span['attributes'] {
  const {
    'mcp.resource.uri': _uri,
    'jsonrpc.request.id': _id,
    ...low
  } = convention(o, methodName(o.method));
  return allowAttributes({ ...low, 'spoor.server.name': o.server.name }).attributes;
}

function convention(o: Observation, method: string): Wanted {
  const isCode = o.errorType !== undefined && /^-?\d+$/.test(o.errorType);
  return {
    'mcp.method.name': method,
    'mcp.protocol.version': o.protocolVersion,
    'mcp.resource.uri': o.resource,
    'jsonrpc.request.id': o.requestId,
    'gen_ai.operation.name': o.kind === 'tool.call' ? 'execute_tool' : undefined,
    'gen_ai.tool.name': o.tool?.name,
    'gen_ai.prompt.name': o.prompt,
    'error.type': o.errorType,
    'rpc.response.status_code': isCode ? o.errorType : undefined,
    'network.transport': NETWORK[o.server.transport],
  };
}

function ours(o: Observation): Wanted {
  return {
    'spoor.server.name': o.server.name,
    'spoor.session.id': o.session.id,
    'spoor.session.episode': o.session.episode,
    'spoor.call.id': o.id,
    'spoor.cause.kind': o.cause.kind,
    'spoor.cause.evidence': o.cause.evidence,
    'spoor.cause.parent': o.cause.parent,
    'spoor.intent.cluster': o.intent?.cluster,
    'spoor.intent.embedding': o.intent?.embedding,
    'spoor.intent.covers': o.intent?.covers,
    'tool.category': o.tool?.labels,
    'mcp.identity.level': o.principal.level,
    'mcp.identity.sub_p': o.principal.pseudonym,
    'mcp.identity.agent': o.principal.agent,
    'mcp.identity.evidence': o.principal.evidence,
    'mcp.identity.short': o.principal.short,
    'claimed.mcp.identity.level': o.principal.claimed?.level,
    'claimed.mcp.identity.sub_p': o.principal.claimed?.sub_p,
    'claimed.mcp.identity.agent': o.principal.claimed?.agent,
    'mcp.audit.index': o.ledger?.index,
    'mcp.audit.leaf_hash': o.ledger?.leafHash,
    'spoor.sampling.reason': o.trace.sampled.reason,
    'spoor.detection.rules': o.detected,
    'spoor.trace.refused': o.trace.refused,
    'spoor.covered': o.covered,
  };
}

function contentFacts(o: Observation, declared: ReadonlySet<string>): Wanted {
  const { request, result, flows } = o.facts;
  const names = request?.paths.map((path) => path.path).filter((path) => declared.has(path));
  return {
    'spoor.request.bytes': request?.bytes,
    'spoor.request.classes': request?.classes.map((found) => found.class),
    'spoor.request.arguments': names,
    'spoor.result.bytes': result?.bytes,
    'spoor.result.classes': result?.classes.map((found) => found.class),
    'spoor.flow.labels': [...new Set(flows.flatMap((flow) => flow.labels))],
  };
}

function decision(o: Observation): Wanted {
  if (o.decision === undefined) return {};
  return {
    'spoor.decision.action': o.decision.action,
    'spoor.decision.wanted': o.decision.wanted,
    'spoor.decision.reason': o.decision.reason,
    'spoor.decision.case': o.decision.case,
    'spoor.decision.by': o.decision.by,
    'spoor.decision.exception': o.decision.exception,
    'spoor.masked.arguments': o.masked?.arguments,
    'spoor.masked.result': o.masked?.result,
    'security.policy.rule.id': o.decision.rule === '' ? undefined : o.decision.rule,
  };
}

/** A decision that is no matter of course, as a child of its call's span. */
export function guardrailSpan(o: Observation, id: SpanId): Span | undefined {
  if (o.decision === undefined || o.decision.reason === 'default') return undefined;
  const { attributes, dropped } = allowAttributes({
    'gen_ai.guardrail.verdict.type': o.decision.wanted,
    'gen_ai.guardrail.action.type': o.decision.action,
    ...decision(o),
  });
  return {
    name: 'run_guardrail spoor',
    kind: 'internal',
    trace: o.trace.trace,
    span: id,
    parent: o.trace.span,
    startMs: o.time.startMs,
    endMs: o.time.startMs,
    attributes,
    error: false,
    dropped,
  };
}
