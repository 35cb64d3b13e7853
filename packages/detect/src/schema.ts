import {
  type ContentClass,
  type ContentFacts,
  type ContentMatches,
  type ContentPart,
  type FlowEdge,
  LIMITS,
  type Observation,
} from '@spoor/core';
import { BASELINE_FIELDS } from './baseline/fields.ts';
import { SPEND_FIELDS } from './baseline/spend-fields.ts';
import { describeScore, describeTerm } from './subversion/describe.ts';
import { DEFINITION_FIELDS } from './tool/fields.ts';

/**
 * The MCP log schema: every field that a rule may name. `docs/mcp-log-schema.md` is generated from
 * this table.
 */
export type FieldValue = string | number | boolean | readonly string[] | undefined;
export type FieldType = 'string' | 'number' | 'boolean' | 'strings';

export interface Field<Source> {
  readonly name: string;
  readonly type: FieldType;
  /** What it means, in one sentence. */
  readonly about: string;
  readonly get: (source: Source) => FieldValue;
  /** How evidence says it, where its value alone does not tell. */
  readonly words?: (source: Source) => string;
}

const classesOf = (facts: ContentFacts | undefined): readonly ContentClass[] =>
  facts?.classes.map((found) => found.class) ?? NONE;
const NONE: readonly never[] = [];

function piiValues(facts: ContentFacts | undefined): number {
  let count = 0;
  for (const found of facts?.classes ?? NONE) {
    if (found.class.startsWith('pii.')) count += found.count;
  }
  return count;
}

const topKeys = (facts: ContentFacts | undefined): readonly string[] =>
  facts?.paths.flatMap(({ path }) => (/[.[]/.test(path) ? [] : [path])) ?? NONE;

function contentFields(part: 'request' | 'result', what: string): readonly Field<Observation>[] {
  const facts = (o: Observation): ContentFacts | undefined => o.facts[part];
  const row = (
    name: string,
    type: FieldType,
    about: string,
    get: (o: Observation) => FieldValue,
  ): Field<Observation> => ({
    name: `${part}.${name}`,
    type,
    about: `${about} of the ${what}.`,
    get,
  });
  return [
    row('bytes', 'number', 'Length in bytes', (o) => facts(o)?.bytes),
    row('classes', 'strings', 'Classes found in the content', (o) => classesOf(facts(o))),
    row('pii', 'number', 'Number of personal values (all `pii.*` classes)', (o) =>
      piiValues(facts(o)),
    ),
    row('digest', 'string', 'Keyed digest of the canonical content', (o) => facts(o)?.digest),
    row('keys', 'strings', 'Names of the top-level members', (o) => topKeys(facts(o))),
    row('depth', 'number', 'Depth of nesting', (o) => facts(o)?.depth),
    row(
      'instruction_like',
      'boolean',
      'Whether text addressed to an assistant is part',
      (o) => facts(o)?.instructionLike ?? false,
    ),
    row(
      'hidden_text',
      'boolean',
      'Whether invisible characters are part',
      (o) => facts(o)?.hiddenText ?? false,
    ),
    row(
      'external_destinations',
      'number',
      'Number of hosts and e-mail domains outside',
      (o) => facts(o)?.externalDestinations,
    ),
    row(
      'truncated',
      'boolean',
      'Whether a limit stopped the reading',
      (o) => facts(o)?.truncated ?? false,
    ),
  ];
}

const BASE: readonly Field<Observation>[] = [
  {
    name: 'kind',
    type: 'string',
    about: 'What was observed: `tool.call`, `tool.list`, `sampling.request` …',
    get: (o) => o.kind,
  },
  { name: 'method', type: 'string', about: 'JSON-RPC method.', get: (o) => o.method },
  {
    name: 'era',
    type: 'string',
    about: '`legacy` (to 2025-11-25) or `modern` (from 2026-07-28).',
    get: (o) => o.era,
  },
  {
    name: 'server.name',
    type: 'string',
    about: 'Name of the server as its owner knows it.',
    get: (o) => o.server.name,
  },
  {
    name: 'server.transport',
    type: 'string',
    about: '`stdio`, `http`, `memory` or `unknown`.',
    get: (o) => o.server.transport,
  },
  { name: 'tool.name', type: 'string', about: 'Name of the tool.', get: (o) => o.tool?.name },
  {
    name: 'resource',
    type: 'string',
    about: 'Resource that is read: its scheme, and a keyed digest of its URI.',
    get: (o) => o.resource,
  },
  {
    name: 'tool.labels',
    type: 'strings',
    about: 'What the tool can do.',
    get: (o) => o.tool?.labels ?? NONE,
  },
  {
    name: 'tool.blocked',
    type: 'boolean',
    about: 'The owner has blocked the definition of the tool.',
    get: (o) => o.tool?.blocked ?? false,
  },
  {
    name: 'outcome',
    type: 'string',
    about: '`pending` when asked for, then how it ended.',
    get: (o) => o.outcome,
  },
  {
    name: 'error.type',
    type: 'string',
    about: 'Coded reason of an outcome that is no success.',
    get: (o) => o.errorType,
  },
  {
    name: 'cause.kind',
    type: 'string',
    about: 'Who made the call: `user`, `tool`, `server` or `unknown`.',
    get: (o) => o.cause.kind,
  },
  {
    name: 'cause.evidence',
    type: 'string',
    about: 'What the cause rests on: `trace`, `input`, `containment`, `intent` or `none`.',
    get: (o) => o.cause.evidence,
  },
  {
    name: 'identity.level',
    type: 'string',
    about: '`verified`, `attested`, `unverified` or `conflict`.',
    get: (o) => o.principal.level,
  },
  {
    name: 'identity.evidence',
    type: 'strings',
    about: 'What the level rests on, and why evidence did not hold, as codes.',
    get: (o) => o.principal.evidence,
  },
  {
    name: 'identity.short',
    type: 'boolean',
    about: 'Whether the level is below what the owner requires for the labels of the tool.',
    get: (o) => o.principal.short ?? false,
  },
  {
    name: 'identity.agent',
    type: 'string',
    about: 'Name of the client program.',
    get: (o) => o.principal.agent,
  },
  {
    name: 'principal',
    type: 'string',
    about: 'Pseudonym of the principal.',
    // Who is not known is no principal: such calls have nothing in common.
    get: (o) => o.principal.pseudonym || undefined,
  },
  { name: 'session', type: 'string', about: 'Session as Spoor sees it.', get: (o) => o.session.id },
  {
    name: 'episode',
    type: 'number',
    about: 'Part of the session since the last intent or idle gap.',
    get: (o) => o.session.episode,
  },
  { name: 'trace', type: 'string', about: 'Trace id.', get: (o) => o.trace.trace },
  {
    name: 'trace.refused',
    type: 'strings',
    about: 'What of the client’s trace context or baggage did not pass, and why.',
    get: (o) => o.trace.refused ?? NONE,
  },
  {
    name: 'trace.sampled_hint',
    type: 'boolean',
    about: 'Sampled flag of a client that is trusted for it.',
    get: (o) => o.trace.sampledHint,
  },
  {
    name: 'intent.cluster',
    type: 'string',
    about: 'Like prompts share it.',
    get: (o) => o.intent?.cluster || undefined,
  },
  {
    name: 'intent.embedding',
    type: 'string',
    about: 'Prompts of like meaning share it; only where an embedding endpoint is configured.',
    get: (o) => o.intent?.embedding,
  },
  {
    name: 'intent.covers',
    type: 'string',
    about: '`yes` where the prompt asked for this, `no`, or `unknown` without a prompt.',
    get: (o) => o.intent?.covers ?? 'unknown',
  },
  {
    name: 'covered',
    type: 'boolean',
    about: 'False where a sensor decided without the hub.',
    get: (o) => o.covered,
  },
  {
    name: 'decision.action',
    type: 'string',
    about: 'What was decided on the call.',
    get: (o) => o.decision?.action,
  },
  {
    name: 'decision.wanted',
    type: 'string',
    about: 'What the rule wanted; differs in `observe`.',
    get: (o) => o.decision?.wanted,
  },
  {
    name: 'decision.rule',
    type: 'string',
    about: 'Rule behind the decision.',
    get: (o) => o.decision?.rule,
  },
  {
    name: 'flow.count',
    type: 'number',
    about: 'Number of flows into the arguments.',
    get: (o) => o.facts.flows.length,
  },
  {
    name: 'flow.subversion',
    type: 'number',
    about:
      'How much the call follows a result rather than the prompt, 0 to 1; only where a prompt is known.',
    get: (o) => o.facts.subversion?.score,
    words: ({ facts: { subversion } }) => (subversion ? describeScore(subversion) : ''),
  },
  {
    name: 'flow.delegated',
    type: 'boolean',
    about: 'The prompt leaves it to the text that the call follows what is to be done.',
    get: (o) => o.facts.subversion?.delegated ?? false,
  },
  {
    name: 'flow.subversion_terms',
    type: 'strings',
    about: 'What speaks for that score and against it, in words, with its weight.',
    get: (o) => o.facts.subversion?.terms.map(describeTerm) ?? NONE,
    // They are few and ours: none of them is cut.
    words: (o) => o.facts.subversion?.terms.map(describeTerm).join('; ') ?? '',
  },
  ...DEFINITION_FIELDS,
];

/** Fields of an observation. */
export const FIELDS: readonly Field<Observation>[] = [
  ...BASE,
  ...BASELINE_FIELDS,
  ...SPEND_FIELDS,
  ...contentFields('request', 'request'),
  ...contentFields('result', 'result'),
];

/**
 * Fields of one flow into the arguments. Within one selection, all of them speak of the same flow.
 */
export const FLOW_FIELDS: readonly Field<FlowEdge>[] = [
  {
    name: 'flow.labels',
    type: 'strings',
    about: 'Labels of the source: its tool’s, and what its result earned.',
    get: (edge) => edge.labels,
  },
  {
    name: 'flow.classes',
    type: 'strings',
    about: 'Classes of the values that flowed.',
    get: (edge) => edge.classes,
  },
  {
    name: 'flow.coverage',
    type: 'number',
    about: 'Share of the argument’s fingerprints found in the source, 0 to 1.',
    get: (edge) => edge.coverage,
  },
  {
    name: 'flow.in_intent',
    type: 'boolean',
    about: 'The user’s prompt holds the same values.',
    get: (edge) => edge.inIntent,
  },
  {
    name: 'flow.instruction_like',
    type: 'boolean',
    about: 'The passage around the source reads like an instruction.',
    get: (edge) => edge.instructionLike,
  },
  {
    name: 'flow.destination',
    type: 'boolean',
    about: 'Only values that say where content goes flowed.',
    get: (edge) => edge.destination ?? false,
  },
  {
    name: 'flow.kind',
    type: 'string',
    about:
      'How it was found: `exact`, `decoded`, `window`, `part`, `split`, `spaced`, `reversed` or `rotated`.',
    get: (edge) => edge.kind ?? 'exact',
  },
  {
    name: 'flow.server',
    type: 'string',
    about: 'Server of the source.',
    get: (edge) => edge.server,
  },
  { name: 'flow.tool', type: 'string', about: 'Tool of the source.', get: (edge) => edge.tool },
  { name: 'flow.field', type: 'string', about: 'Path in the source.', get: (edge) => edge.field },
  {
    name: 'flow.to',
    type: 'string',
    about: 'Argument path that the values flowed to.',
    get: (edge) => edge.to,
  },
];

/** Content itself, which rules can ask for by tests that are answered where the content is. */
export interface ContentField {
  readonly name: string;
  readonly part: ContentPart;
  readonly about: string;
  /** Where the answers stand; undefined where there was no such content. */
  readonly facts: (o: Observation) => { readonly matched?: ContentMatches } | undefined;
}

export const CONTENT_FIELDS: readonly ContentField[] = [
  {
    name: 'request.text',
    part: 'request',
    about: 'Each text in the arguments of a call, or the prompt of an intent.',
    facts: (o) => o.facts.request,
  },
  {
    name: 'result.text',
    part: 'result',
    about: 'Each text in a result or an error.',
    facts: (o) => o.facts.result,
  },
  {
    name: 'definition.text',
    part: 'definition',
    about: 'Each text in a list of tool definitions.',
    facts: (o) => o.facts.definitions,
  },
];

/** Every value that any field has: what keywords are looked for in. */
export const EVERY_FIELD: Field<Observation> = {
  name: 'keywords',
  type: 'strings',
  about: 'Values of all fields.',
  get: (o) => [
    ...FIELDS.flatMap(({ get }) => listOf(get(o))),
    ...o.facts.flows.flatMap((edge) => FLOW_FIELDS.flatMap(({ get }) => listOf(get(edge)))),
  ],
};

const listOf = (value: FieldValue): readonly string[] =>
  value === undefined ? NONE : typeof value === 'object' ? value : [String(value)];

const fieldByName = new Map(FIELDS.map((field) => [field.name, field]));
const flowFieldByName = new Map(FLOW_FIELDS.map((field) => [field.name, field]));

export const findField = (name: string): Field<Observation> | undefined => fieldByName.get(name);
export const findFlowField = (name: string): Field<FlowEdge> | undefined =>
  flowFieldByName.get(name);
export const FIELD_NAMES: readonly string[] = [...FIELDS, ...FLOW_FIELDS, ...CONTENT_FIELDS].map(
  ({ name }) => name,
);

/** As evidence shows it. */
export function showValue(value: FieldValue): string {
  const text = typeof value === 'object' ? value.join(', ') : String(value ?? '');
  return text.slice(0, LIMITS.nameCharsMax);
}
