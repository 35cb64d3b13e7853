import type { DecodedSpan } from './otlp.ts';

/**
 * What OpenTelemetry's conventions ask of a client span of MCP, as a table of facts. Source: GenAI
 * semantic conventions, MCP, spans (development). Conditions are those of the conventions, as far
 * as a span itself can tell whether they hold.
 */
interface ConventionRow {
  readonly level: 'required' | 'conditional' | 'recommended' | 'opt-in';
  readonly type: 'string' | 'number';
  /** Of conditional ones: is it asked for here? Where it is not, it may not be there. */
  readonly when?: (span: DecodedSpan) => boolean;
}

const methodOf = ({ attributes }: DecodedSpan): unknown => attributes['mcp.method.name'];
const isMethod =
  (...methods: readonly string[]) =>
  (span: DecodedSpan): boolean =>
    methods.includes(String(methodOf(span)));
const isCode = ({ attributes }: DecodedSpan): boolean =>
  /^-?\d+$/.test(String(attributes['error.type']));

const MCP_CLIENT: Readonly<Record<string, ConventionRow>> = {
  'mcp.method.name': { level: 'required', type: 'string' },
  'error.type': {
    level: 'conditional',
    type: 'string',
    when: ({ status }) => status.code === ERROR,
  },
  'gen_ai.tool.name': { level: 'conditional', type: 'string', when: isMethod('tools/call') },
  'gen_ai.prompt.name': { level: 'conditional', type: 'string', when: isMethod('prompts/get') },
  'mcp.resource.uri': {
    level: 'conditional',
    type: 'string',
    when: isMethod(
      'resources/read',
      'resources/subscribe',
      'resources/unsubscribe',
      'notifications/resources/updated',
    ),
  },
  'rpc.response.status_code': { level: 'conditional', type: 'string', when: isCode },
  'jsonrpc.request.id': { level: 'recommended', type: 'string' },
  'gen_ai.operation.name': { level: 'recommended', type: 'string', when: isMethod('tools/call') },
  'mcp.protocol.version': { level: 'recommended', type: 'string' },
  'network.transport': { level: 'recommended', type: 'string' },
  'network.protocol.name': { level: 'recommended', type: 'string' },
  'network.protocol.version': { level: 'recommended', type: 'string' },
  'jsonrpc.protocol.version': { level: 'recommended', type: 'string' },
  'server.address': { level: 'recommended', type: 'string' },
  'server.port': { level: 'recommended', type: 'number' },
  'mcp.session.id': { level: 'recommended', type: 'string' },
  'gen_ai.tool.call.arguments': { level: 'opt-in', type: 'string' },
  'gen_ai.tool.call.result': { level: 'opt-in', type: 'string' },
};

/** Departures that `docs/telemetry.md` declares; each has a row there. */
export const EXCEPTIONS: Readonly<Record<string, (span: DecodedSpan) => string | undefined>> = {
  'mcp.resource.uri': ({ attributes }) =>
    unlike(attributes['mcp.resource.uri'], /^[a-z0-9.-]+:[0-9a-f]{16}$/),
  'jsonrpc.request.id': ({ attributes }) =>
    unlike(attributes['jsonrpc.request.id'], /^(-?\d+|~[0-9a-f]{16})$/),
  'mcp.session.id': ({ attributes }) => unlike(attributes['mcp.session.id'], /^$/),
  'gen_ai.tool.call.arguments': ({ attributes }) =>
    unlike(attributes['gen_ai.tool.call.arguments'], /^$/),
  'gen_ai.tool.call.result': ({ attributes }) =>
    unlike(attributes['gen_ai.tool.call.result'], /^$/),
  'status text': ({ status }) => unlike(status.message || undefined, /^failed$/),
};

const unlike = (value: unknown, form: RegExp): string | undefined =>
  value === undefined || form.test(String(value)) ? undefined : `is ${String(value)}`;

/** Attributes that are ours, or of a convention that is only proposed. */
const OURS = /^(spoor\.|tool\.category$|mcp\.(audit|identity)\.|security\.policy\.rule\.id$)/;
const GUARDRAIL = /^gen_ai\.guardrail\.(verdict|action)\.type$/;

const [ERROR, INTERNAL, CLIENT] = [2, 1, 3];
/** Names of spans that are no operation of the protocol, with what else they may hold. */
const INTERNAL_NAMES = /^(session|run_guardrail spoor|intent|decision|llm\.call|system)$/;

/** What is wrong with one exported span; empty where nothing is. */
export function lint(span: DecodedSpan): readonly string[] {
  const problems = INTERNAL_NAMES.test(span.name) ? lintInternal(span) : lintOperation(span);
  const exceptions = Object.entries(EXCEPTIONS).map(([name, check]) => named(name, check(span)));
  return [...problems, ...exceptions]
    .filter((problem) => problem !== undefined)
    .map((problem) => `${span.name}: ${problem}`);
}

const named = (name: string, problem: string | undefined): string | undefined =>
  problem === undefined ? undefined : `${name} ${problem}`;

function lintInternal({ kind, attributes }: DecodedSpan): (string | undefined)[] {
  const foreign = Object.keys(attributes).filter(
    (name) => !OURS.test(name) && !GUARDRAIL.test(name) && name !== 'error.type',
  );
  return [kind === INTERNAL ? undefined : `kind ${kind}`, ...foreign.map((name) => `has ${name}`)];
}

function lintOperation(span: DecodedSpan): (string | undefined)[] {
  const { name, kind, attributes, status } = span;
  const target = attributes['gen_ai.tool.name'] ?? attributes['gen_ai.prompt.name'];
  const method = methodOf(span);
  const wanted = target === undefined ? String(method) : `${method} ${target}`;
  const failed = attributes['error.type'] !== undefined;
  return [
    kind === CLIENT ? undefined : `kind ${kind}`,
    name === wanted ? undefined : `is called otherwise than ${wanted}`,
    failed === (status.code === ERROR) ? undefined : 'error.type and status contradict each other',
    ...Object.entries(MCP_CLIENT).map(([key, row]) => lintRow(key, row, span)),
    ...Object.keys(attributes)
      .filter((key) => !Object.hasOwn(MCP_CLIENT, key) && !OURS.test(key))
      .map((key) => `has ${key}, which no convention knows`),
  ];
}

function lintRow(name: string, row: ConventionRow, span: DecodedSpan): string | undefined {
  const value = span.attributes[name];
  const { level, type, when } = row;
  if (value === undefined) {
    const asked = level === 'required' || (level === 'conditional' && when?.(span) === true);
    return asked ? `lacks ${name}` : undefined;
  }
  if (when?.(span) === false) return `has ${name} where it does not belong`;
  return typeof value === type ? undefined : `${name} is no ${type}`;
}

/** Recommended attributes that one span does not have. */
export const unrecommended = ({ attributes }: DecodedSpan): readonly string[] =>
  Object.entries(MCP_CLIENT)
    .filter(([name, { level }]) => level === 'recommended' && attributes[name] === undefined)
    .map(([name]) => name);
