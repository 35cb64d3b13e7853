import { LABELS } from './labels.ts';
import { CONTENT_CLASSES } from './observation.ts';

/**
 * The allowlist of span attributes: what has no row here never leaves. A row says what values may
 * look like, so that content cannot ride in under an allowed name. Names and requirement levels:
 * OpenTelemetry's MCP and GenAI conventions; `spoor.*`, `tool.category`, `mcp.audit.*` and
 * `mcp.identity.*` are ours.
 */
export interface AttributeRow {
  readonly type: 'string' | 'strings' | 'int' | 'boolean';
  /** What each string must match, whole. */
  readonly form?: RegExp;
  readonly why: string;
}

export type AttributeValue = string | number | boolean | readonly string[];

/** Names that a peer chose, or their digest form (see `safeName`). */
const NAME = /^[A-Za-z0-9_.:/@~-]{1,128}$/;
const WORD = /^[a-z][a-z0-9_.-]{0,63}$/;
/** One of these words: a word of somebody else's choice would be content. */
const oneOf = (...words: readonly string[]): RegExp =>
  new RegExp(`^(${words.map((word) => word.replaceAll('.', '\\.')).join('|')})$`);
const LABEL = oneOf(...LABELS);
const CLASS = oneOf(...CONTENT_CLASSES);
const ACTION = oneOf('allow', 'deny', 'modify', 'ask', 'defer');
const DIGEST = /^[0-9a-f]{8,64}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const ATTRIBUTES: Readonly<Record<string, AttributeRow>> = {
  'mcp.method.name': {
    type: 'string',
    form: /^[a-z/_A-Z]{1,64}$/,
    why: 'Which operation; unknown methods are `_OTHER`',
  },
  'mcp.protocol.version': { type: 'string', form: /^\d{4}-\d{2}-\d{2}$/, why: 'Which revision' },
  'mcp.resource.uri': {
    type: 'string',
    form: /^[a-z][a-z0-9.-]{0,15}:[0-9a-f]{16}$/,
    why: 'Scheme and keyed digest: a URI is content (declared exception)',
  },
  'jsonrpc.request.id': {
    type: 'string',
    form: /^(-?\d{1,16}|~[0-9a-f]{16})$/,
    why: 'Integers as they are, strings as digest (declared exception)',
  },
  'gen_ai.operation.name': { type: 'string', form: /^execute_tool$/, why: 'Tool calls' },
  'gen_ai.tool.name': { type: 'string', form: NAME, why: 'Which tool' },
  'gen_ai.prompt.name': { type: 'string', form: NAME, why: 'Which prompt' },
  'error.type': {
    type: 'string',
    form: /^(-?\d{1,6}|[a-z][a-z_]{0,31})$/,
    why: 'Coded reason; never the text',
  },
  'rpc.response.status_code': { type: 'string', form: /^-?\d{1,6}$/, why: 'JSON-RPC error code' },
  'network.transport': { type: 'string', form: /^(pipe|tcp)$/, why: 'stdio or HTTP' },
  'spoor.server.name': {
    type: 'string',
    form: NAME,
    why: 'The name that the owner gave the server',
  },
  'spoor.session.id': { type: 'string', form: UUID, why: 'Our session, not the protocol one' },
  'spoor.session.episode': { type: 'int', why: 'Part of the session' },
  'spoor.call.id': { type: 'string', form: UUID, why: 'Joins legs of one call' },
  'spoor.cause.kind': {
    type: 'string',
    form: oneOf('user', 'tool', 'server', 'unknown'),
    why: 'Asked for by the user, or nested',
  },
  'spoor.cause.evidence': {
    type: 'string',
    form: oneOf('trace', 'input', 'containment', 'intent', 'none'),
    why: 'What the cause rests on',
  },
  'spoor.cause.parent': { type: 'string', form: UUID, why: 'The call around this one' },
  'spoor.intent.cluster': { type: 'string', form: DIGEST, why: 'Like prompts share it' },
  'spoor.intent.covers': {
    type: 'string',
    form: oneOf('yes', 'no', 'unknown'),
    why: 'Did the prompt ask for this',
  },
  'tool.category': {
    type: 'strings',
    form: LABEL,
    why: 'Labels, for detectors in other backends',
  },
  'spoor.request.bytes': { type: 'int', why: 'Size' },
  'spoor.request.classes': { type: 'strings', form: CLASS, why: 'Kinds of content found' },
  'spoor.request.arguments': {
    type: 'strings',
    form: NAME,
    why: 'Argument names that the pinned schema declares',
  },
  'spoor.result.bytes': { type: 'int', why: 'Size' },
  'spoor.result.classes': { type: 'strings', form: CLASS, why: 'Kinds of content found' },
  'spoor.flow.labels': {
    type: 'strings',
    form: LABEL,
    why: 'Labels of the sources that arguments came from',
  },
  'spoor.decision.action': { type: 'string', form: ACTION, why: 'What was done' },
  'spoor.decision.wanted': { type: 'string', form: ACTION, why: 'What the rule wanted' },
  'spoor.decision.reason': { type: 'string', form: WORD, why: 'Coded reason' },
  'spoor.decision.case': { type: 'string', form: /^c-[a-z0-9]{10}$/, why: 'For `spoor why`' },
  'spoor.decision.by': {
    type: 'string',
    form: oneOf('hub', 'sensor'),
    why: 'The hub, or the sensor alone',
  },
  'security.policy.rule.id': { type: 'string', form: /^[a-z0-9-]{1,64}$/, why: 'Which rule' },
  'gen_ai.guardrail.verdict.type': {
    type: 'string',
    form: ACTION,
    why: 'Shape of the proposed guardrail convention',
  },
  'gen_ai.guardrail.action.type': {
    type: 'string',
    form: ACTION,
    why: 'Shape of the proposed guardrail convention',
  },
  'mcp.identity.level': {
    type: 'string',
    form: oneOf('verified', 'attested', 'unverified', 'conflict'),
    why: 'How far the principal is proved',
  },
  'mcp.identity.sub_p': { type: 'string', form: DIGEST, why: 'Keyed pseudonym' },
  'mcp.identity.agent': { type: 'string', form: NAME, why: 'Client program' },
  'mcp.audit.index': { type: 'int', why: 'Ledger entry of this call' },
  'mcp.audit.leaf_hash': { type: 'string', form: DIGEST, why: 'Ties span and ledger' },
  'spoor.sampling.reason': {
    type: 'string',
    form: oneOf('base', 'security', 'session'),
    why: 'Why this span was kept',
  },
  'spoor.covered': { type: 'boolean', why: 'False where the sensor decided without the hub' },
};

const LIST_MAX = 32;

/** Keeps what the table allows; everything else is left out and counted by the caller. */
export function allowAttributes(wanted: Readonly<Record<string, AttributeValue | undefined>>): {
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly dropped: number;
} {
  const attributes: Record<string, AttributeValue> = {};
  let dropped = 0;
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined) continue;
    const row = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;
    const allowed = allowedValue(row, value);
    if (allowed === undefined) dropped += 1;
    else attributes[name] = allowed;
  }
  return { attributes, dropped };
}

function allowedValue(
  row: AttributeRow | undefined,
  value: AttributeValue,
): AttributeValue | undefined {
  if (row === undefined) return undefined;
  if (row.type === 'boolean') return typeof value === 'boolean' ? value : undefined;
  if (row.type === 'int') return Number.isSafeInteger(value) ? value : undefined;
  const fits = (text: unknown): boolean =>
    typeof text === 'string' && row.form?.test(text) === true;
  if (row.type === 'string') return fits(value) ? value : undefined;
  return Array.isArray(value) ? value.filter(fits).slice(0, LIST_MAX) : undefined;
}
