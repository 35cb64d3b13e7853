import { IDENTITY_EVIDENCE } from './identity-words.ts';
import { LABELS } from './labels.ts';
import { IDENTITY_LEVELS } from './levels.ts';
import { LIMITS } from './limits.ts';
import { CONTENT_CLASSES, REFUSALS, SAMPLING_REASONS } from './observation.ts';

/**
 * The allowlist of span attributes: what has no row here never leaves. A row says what values may
 * look like, so that content cannot ride in under an allowed name. Names and requirement levels:
 * OpenTelemetry's MCP and GenAI conventions; `spoor.*`, `tool.category`, `mcp.audit.*` and
 * `mcp.identity.*` are ours. What would leak and is left out has its rows in `withheld.ts`.
 */
export interface AttributeRow {
  readonly type: 'string' | 'strings' | 'int' | 'boolean';
  readonly class: AttributeClass;
  /** What each string must match, whole. */
  readonly form?: RegExp;
  /** Of one value; of each string in a list. No form has a character of more than one byte. */
  readonly bytesMax: number;
  readonly why: string;
}

/**
 * What kind of data a value is. `coded`: a word of a closed list. `name`: plain text of an owner or
 * a peer. `id`: made by us, or a number. `digest`: keyed, or of what is public. `measure`: a number
 * or a yes.
 */
export type AttributeClass = 'coded' | 'name' | 'id' | 'digest' | 'measure';

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
    class: 'coded',
    form: /^[a-z/_A-Z]{1,64}$/,
    bytesMax: 64,
    why: 'Which operation; unknown methods are `_OTHER`',
  },
  'mcp.protocol.version': {
    type: 'string',
    class: 'coded',
    form: /^\d{4}-\d{2}-\d{2}$/,
    bytesMax: 10,
    why: 'Which revision',
  },
  'mcp.resource.uri': {
    type: 'string',
    class: 'digest',
    form: /^[a-z][a-z0-9.-]{0,15}:[0-9a-f]{16}$/,
    bytesMax: 33,
    why: 'Scheme and keyed digest: a URI is content (declared exception)',
  },
  'jsonrpc.request.id': {
    type: 'string',
    class: 'id',
    form: /^(-?\d{1,16}|~[0-9a-f]{16})$/,
    bytesMax: 17,
    why: 'Integers as they are, strings as digest (declared exception)',
  },
  'gen_ai.operation.name': {
    type: 'string',
    class: 'coded',
    form: /^execute_tool$/,
    bytesMax: 12,
    why: 'Tool calls',
  },
  'gen_ai.tool.name': {
    type: 'string',
    class: 'name',
    form: NAME,
    bytesMax: 128,
    why: 'Which tool',
  },
  'gen_ai.prompt.name': {
    type: 'string',
    class: 'name',
    form: NAME,
    bytesMax: 128,
    why: 'Which prompt',
  },
  'error.type': {
    type: 'string',
    class: 'coded',
    form: /^(-?\d{1,6}|[a-z][a-z_]{0,31})$/,
    bytesMax: 32,
    why: 'Coded reason; never the text',
  },
  'rpc.response.status_code': {
    type: 'string',
    class: 'coded',
    form: /^-?\d{1,6}$/,
    bytesMax: 7,
    why: 'JSON-RPC error code',
  },
  'network.transport': {
    type: 'string',
    class: 'coded',
    form: /^(pipe|tcp)$/,
    bytesMax: 4,
    why: 'stdio or HTTP',
  },
  'spoor.server.name': {
    type: 'string',
    class: 'name',
    form: NAME,
    bytesMax: 128,
    why: 'The name that the owner gave the server',
  },
  'spoor.session.id': {
    type: 'string',
    class: 'id',
    form: UUID,
    bytesMax: 36,
    why: 'Our session, not the protocol one',
  },
  'spoor.session.episode': {
    type: 'int',
    class: 'measure',
    bytesMax: 16,
    why: 'Part of the session',
  },
  'spoor.call.id': {
    type: 'string',
    class: 'id',
    form: UUID,
    bytesMax: 36,
    why: 'Joins legs of one call',
  },
  'spoor.cause.kind': {
    type: 'string',
    class: 'coded',
    form: oneOf('user', 'tool', 'server', 'unknown'),
    bytesMax: 16,
    why: 'Asked for by the user, or nested',
  },
  'spoor.cause.evidence': {
    type: 'string',
    class: 'coded',
    form: oneOf('trace', 'input', 'containment', 'intent', 'none'),
    bytesMax: 16,
    why: 'What the cause rests on',
  },
  'spoor.cause.parent': {
    type: 'string',
    class: 'id',
    form: UUID,
    bytesMax: 36,
    why: 'The call around this one',
  },
  'spoor.intent.cluster': {
    type: 'string',
    class: 'digest',
    form: DIGEST,
    bytesMax: 64,
    why: 'Like prompts share it',
  },
  'spoor.intent.embedding': {
    type: 'string',
    class: 'digest',
    form: DIGEST,
    bytesMax: 64,
    why: 'Prompts of like meaning share it, where the owner configured an endpoint',
  },
  'spoor.intent.covers': {
    type: 'string',
    class: 'coded',
    form: oneOf('yes', 'no', 'unknown'),
    bytesMax: 16,
    why: 'Did the prompt ask for this',
  },
  'tool.category': {
    type: 'strings',
    class: 'coded',
    form: LABEL,
    bytesMax: 32,
    why: 'Labels, for detectors in other backends',
  },
  'spoor.request.bytes': { type: 'int', class: 'measure', bytesMax: 16, why: 'Size' },
  'spoor.request.classes': {
    type: 'strings',
    class: 'coded',
    form: CLASS,
    bytesMax: 32,
    why: 'Kinds of content found',
  },
  'spoor.request.arguments': {
    type: 'strings',
    class: 'name',
    form: NAME,
    bytesMax: 128,
    why: 'Argument names that the pinned schema declares',
  },
  'spoor.result.bytes': { type: 'int', class: 'measure', bytesMax: 16, why: 'Size' },
  'spoor.result.classes': {
    type: 'strings',
    class: 'coded',
    form: CLASS,
    bytesMax: 32,
    why: 'Kinds of content found',
  },
  'spoor.flow.labels': {
    type: 'strings',
    class: 'coded',
    form: LABEL,
    bytesMax: 32,
    why: 'Labels of the sources that arguments came from',
  },
  'spoor.decision.action': {
    type: 'string',
    class: 'coded',
    form: ACTION,
    bytesMax: 8,
    why: 'What was done',
  },
  'spoor.decision.wanted': {
    type: 'string',
    class: 'coded',
    form: ACTION,
    bytesMax: 8,
    why: 'What the rule wanted',
  },
  'spoor.decision.reason': {
    type: 'string',
    class: 'coded',
    form: WORD,
    bytesMax: 64,
    why: 'Coded reason',
  },
  'spoor.decision.case': {
    type: 'string',
    class: 'id',
    form: /^c-[a-z0-9]{10}$/,
    bytesMax: 12,
    why: 'For `spoor why`',
  },
  'spoor.decision.by': {
    type: 'string',
    class: 'coded',
    form: oneOf('hub', 'sensor'),
    bytesMax: 8,
    why: 'The hub, or the sensor alone',
  },
  'spoor.decision.exception': {
    type: 'string',
    class: 'id',
    form: /^x-[a-z0-9]{10}$/,
    bytesMax: 12,
    why: 'By which nothing came of the rule',
  },
  'spoor.masked.arguments': { type: 'int', class: 'measure', bytesMax: 16, why: 'How many' },
  'spoor.masked.result': { type: 'int', class: 'measure', bytesMax: 16, why: 'How many' },
  'security.policy.rule.id': {
    type: 'string',
    class: 'name',
    form: /^[a-z0-9-]{1,64}$/,
    bytesMax: 64,
    why: 'Which rule',
  },
  'gen_ai.guardrail.verdict.type': {
    type: 'string',
    class: 'coded',
    form: ACTION,
    bytesMax: 8,
    why: 'Shape of the proposed guardrail convention',
  },
  'gen_ai.guardrail.action.type': {
    type: 'string',
    class: 'coded',
    form: ACTION,
    bytesMax: 8,
    why: 'Shape of the proposed guardrail convention',
  },
  'mcp.identity.level': {
    type: 'string',
    class: 'coded',
    form: oneOf(...IDENTITY_LEVELS),
    bytesMax: 16,
    why: 'How far the principal is proved',
  },
  'mcp.identity.sub_p': {
    type: 'string',
    class: 'digest',
    form: DIGEST,
    bytesMax: 32,
    why: 'Keyed pseudonym',
  },
  'mcp.identity.agent': {
    type: 'string',
    class: 'name',
    form: NAME,
    bytesMax: 128,
    why: 'Client program',
  },
  'mcp.identity.evidence': {
    type: 'strings',
    class: 'coded',
    form: oneOf(...IDENTITY_EVIDENCE),
    bytesMax: 32,
    why: 'What the level rests on, and why evidence did not hold',
  },
  'mcp.identity.short': {
    type: 'boolean',
    class: 'measure',
    bytesMax: 5,
    why: 'Less is proved than the owner asks for, for what the tool can do',
  },
  'claimed.mcp.identity.level': {
    type: 'string',
    class: 'coded',
    form: oneOf(...IDENTITY_LEVELS),
    bytesMax: 16,
    why: 'A level that telemetry of others claims',
  },
  'claimed.mcp.identity.sub_p': {
    type: 'string',
    class: 'digest',
    form: DIGEST,
    bytesMax: 32,
    why: 'A pseudonym that it claims',
  },
  'claimed.mcp.identity.agent': {
    type: 'string',
    class: 'name',
    form: NAME,
    bytesMax: 128,
    why: 'A client program that it claims',
  },
  'mcp.audit.index': {
    type: 'int',
    class: 'measure',
    bytesMax: 16,
    why: 'Ledger entry of this call',
  },
  'mcp.audit.leaf_hash': {
    type: 'string',
    class: 'digest',
    form: DIGEST,
    bytesMax: 64,
    why: 'Ties span and ledger',
  },
  'spoor.sampling.reason': {
    type: 'string',
    class: 'coded',
    form: oneOf(...SAMPLING_REASONS),
    bytesMax: 32,
    why: 'Why this span was kept',
  },
  'spoor.detection.rules': {
    type: 'strings',
    class: 'coded',
    form: /^[a-z0-9-]{1,64}$/,
    bytesMax: 64,
    why: 'Rules that matched on it, also those that only alert',
  },
  'spoor.trace.refused': {
    type: 'strings',
    class: 'coded',
    form: oneOf(...REFUSALS),
    bytesMax: 32,
    why: 'What of the client’s trace context and baggage did not pass',
  },
  'spoor.covered': {
    type: 'boolean',
    class: 'measure',
    bytesMax: 5,
    why: 'False where the sensor decided without the hub',
  },
};

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
    typeof text === 'string' && text.length <= row.bytesMax && row.form?.test(text) === true;
  if (row.type === 'string') return fits(value) ? value : undefined;
  return Array.isArray(value) ? value.filter(fits).slice(0, LIMITS.attributeListMax) : undefined;
}
