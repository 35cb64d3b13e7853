import {
  type CallId,
  type ContentClass,
  type ContentFacts,
  type DecisionAction,
  type Facts,
  FLOW_KINDS,
  type FlowEdge,
  type IntentRef,
  isObject,
  type Label,
  OBSERVATION_KINDS,
  type Observation,
  OUTCOMES,
  type SessionId,
  type SpanId,
  type ToolDefinitionFacts,
  type TraceId,
} from '@spoor/core';

type Fields = Readonly<Record<string, unknown>>;

const NO_TRACE = '0'.repeat(32) as TraceId;
const NO_SPAN = '0'.repeat(16) as SpanId;

/**
 * One line of a file that is replayed: an observation as Spoor writes it, or a record of the MCP
 * log schema, which may also have `call` (its id) and `time` (milliseconds, or a date as in
 * RFC 3339). Undefined for anything else.
 *
 * @param at number of the line, from 1: the place in the order of a record, and its time where none
 *   is given
 */
export function readLine(text: string, at: number): Observation | undefined {
  const value = parse(text);
  if (value === undefined || !isOneOf(OUTCOMES, value.outcome)) return undefined;
  if (!isOneOf(OBSERVATION_KINDS, value.kind)) return undefined;
  return isObject(value.facts) ? observationIn(value) : recordIn(value, at);
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isOneOf = <Word extends string>(words: readonly Word[], value: unknown): value is Word =>
  words.some((word) => word === value);

const has = (value: unknown, name: string, type: 'string' | 'number'): boolean =>
  isObject(value) && typeof value[name] === type;

/** Everything that is read without a look must be there. */
function observationIn(value: Fields): Observation | undefined {
  const { facts, principal, server, session, time, trace, cause } = value;
  const whole =
    has(value, 'id', 'string') &&
    has(value, 'seq', 'number') &&
    has(time, 'hubMs', 'number') &&
    has(time, 'startMs', 'number') &&
    has(server, 'name', 'string') &&
    has(session, 'id', 'string') &&
    has(principal, 'level', 'string') &&
    has(trace, 'trace', 'string') &&
    has(cause, 'kind', 'string') &&
    isObject(facts) &&
    Array.isArray(facts.flows);
  return whole ? (value as unknown as Observation) : undefined;
}

type Text = (name: string) => string | undefined;

function recordIn(record: Fields, at: number): Observation | undefined {
  const text: Text = (name) => {
    const value = record[name];
    return typeof value === 'string' ? value : undefined;
  };
  const or = <Word extends string>(name: string, otherwise: Word): Word =>
    (text(name) ?? otherwise) as Word;
  const session = text('session');
  const server = text('server.name');
  const atMs = timeOf(record.time, at);
  if (session === undefined || server === undefined || atMs === undefined) return undefined;
  return {
    id: or('call', `line-${at}` as CallId),
    seq: at,
    kind: record.kind as Observation['kind'],
    time: { startMs: atMs, hubMs: atMs },
    server: { name: server, transport: or('server.transport', 'unknown') },
    ...toolIn(record, text),
    ...optional('resource', text('resource')),
    method: or('method', ''),
    era: or<Observation['era']>('era', 'unknown'),
    principal: {
      level: or<Observation['principal']['level']>('identity.level', 'unverified'),
      pseudonym: or('principal', ''),
      agent: or('identity.agent', 'unknown'),
      evidence: texts(record['identity.evidence']),
      ...(record['identity.short'] === true ? { short: true } : {}),
    },
    session: { id: session as SessionId, episode: number(record.episode) ?? 1 },
    trace: {
      trace: or('trace', NO_TRACE),
      span: NO_SPAN,
      refused: texts(record['trace.refused']) as Observation['trace']['refused'] & object,
      sampled: { keep: true, reason: 'base' },
    },
    cause: {
      kind: or<Observation['cause']['kind']>('cause.kind', 'unknown'),
      evidence: or<Observation['cause']['evidence']>('cause.evidence', 'none'),
    },
    ...intentIn(text),
    facts: factsIn(record),
    outcome: record.outcome as Observation['outcome'],
    ...optional('errorType', text('error.type')),
    ...decisionIn(text),
    covered: record.covered !== false,
  };
}

function toolIn(record: Fields, text: Text): Pick<Observation, 'tool'> {
  const labels = texts(record['tool.labels']) as readonly Label[];
  const name = text('tool.name');
  return name === undefined && labels.length === 0 ? {} : { tool: { name: name ?? '', labels } };
}

function intentIn(text: Text): Pick<Observation, 'intent'> {
  const covers = text('intent.covers') as IntentRef['covers'] | undefined;
  if (covers === undefined) return {};
  const embedding = text('intent.embedding');
  const known = embedding === undefined ? {} : { embedding };
  return { intent: { cluster: text('intent.cluster') ?? '', covers, ...known } };
}

function decisionIn(text: Text): Pick<Observation, 'decision'> {
  const action = text('decision.action') as DecisionAction | undefined;
  if (action === undefined) return {};
  const wanted = (text('decision.wanted') ?? action) as DecisionAction;
  const rule = text('decision.rule') ?? '';
  return { decision: { action, wanted, rule, reason: 'recorded', mode: 'observe', by: 'hub' } };
}

const optional = (name: string, value: string | undefined): object =>
  value === undefined ? {} : { [name]: value };

const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

function timeOf(value: unknown, at: number): number | undefined {
  if (value === undefined) return at;
  const ms = typeof value === 'string' ? Date.parse(value) : value;
  return number(ms);
}

function factsIn(record: Fields): Facts {
  const request = contentIn(record, 'request');
  const result = contentIn(record, 'result');
  const flows = Array.isArray(record.flows) ? record.flows.filter(isObject).map(flowIn) : [];
  const definitions = definitionsIn(record);
  return {
    ...(request && { request }),
    ...(result && { result }),
    ...(definitions && { definitions }),
    flows,
  };
}

/** Undefined where the record has none of its fields: then nothing is known of it. */
function contentIn(record: Fields, part: 'request' | 'result'): ContentFacts | undefined {
  const field = (name: string): unknown => record[`${part}.${name}`];
  if (!Object.keys(record).some((name) => name.startsWith(`${part}.`))) return undefined;
  const classes = texts(field('classes')) as readonly ContentClass[];
  const pii = number(field('pii')) ?? classes.filter((one) => one.startsWith('pii.')).length;
  const first = classes.find((one) => one.startsWith('pii.'));
  const others = classes.filter((one) => one.startsWith('pii.')).length - 1;
  return {
    bytes: number(field('bytes')) ?? 0,
    depth: number(field('depth')) ?? 1,
    paths: texts(field('keys')).map((path) => ({ path, type: 'string', bytes: 0 })),
    classes: classes.map((one) => ({ class: one, count: one === first ? pii - others : 1 })),
    externalDestinations: number(field('external_destinations')) ?? 0,
    instructionLike: field('instruction_like') === true,
    hiddenText: field('hidden_text') === true,
    digest: String(field('digest') ?? ''),
    atoms: [],
    truncated: field('truncated') === true,
  };
}

const flowIn = (flow: Fields): FlowEdge => ({
  from: '' as CallId,
  server: String(flow['flow.server'] ?? ''),
  tool: String(flow['flow.tool'] ?? ''),
  field: String(flow['flow.field'] ?? ''),
  to: String(flow['flow.to'] ?? ''),
  coverage: number(flow['flow.coverage']) ?? 0,
  labels: texts(flow['flow.labels']) as readonly Label[],
  classes: texts(flow['flow.classes']) as readonly ContentClass[],
  instructionLike: flow['flow.instruction_like'] === true,
  inIntent: flow['flow.in_intent'] === true,
  destination: flow['flow.destination'] === true,
  ...kindIn(flow['flow.kind']),
});

function kindIn(written: unknown): Pick<FlowEdge, 'kind'> {
  const kind = FLOW_KINDS.find((one) => one === written);
  return kind === undefined || kind === 'exact' ? {} : { kind };
}

/** A record says of a list what holds of any of its tools: so one stands for all. */
function definitionsIn(record: Fields): Facts['definitions'] {
  if (!Object.keys(record).some((name) => name.startsWith('definition.'))) return undefined;
  const changes = texts(record['definition.change']);
  const tool = (change: string | undefined): ToolDefinitionFacts => ({
    name: '',
    digest: '',
    labels: [],
    argumentNames: [],
    hiddenText: record['definition.hidden_text'] === true,
    instructionLike: record['definition.instruction_like'] === true,
    poison: texts(record['definition.poison']),
    ...(change === undefined ? {} : { change: change as 'new' }),
  });
  const tools = changes.length === 0 ? [tool(undefined)] : changes.map(tool);
  return { tools, partial: record['definition.partial'] === true };
}
