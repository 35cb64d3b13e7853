import { type FlowEdge, LIMITS, type Observation, type SessionView } from '@spoor/core';
import { z } from 'zod';
import type { Show } from '../../shown/show.ts';
import { CURSOR, hiddenText, quoted, SAID, saidOf, WHERE } from '../fields.ts';
import { pageOf } from '../page.ts';
import { type Tool, tool } from '../tool.ts';
import { evidenceFor, found, idOf, isoOf } from './evidence.ts';

const LIMIT = 20;

const session = z.object({
  id: z.string(),
  agent: z.string(),
  level: z.string().describe('How far it is proved who it is'),
  start_ms: z.number(),
  last_ms: z.number(),
  servers: z.array(z.string()),
  calls: z.number(),
  denied: z.number(),
  alerts: z.number(),
  intent: z.string().optional().describe('Redacted; only for those who may see content'),
});

const shownSession = (one: SessionView, show: Show, content: boolean): z.infer<typeof session> => ({
  id: idOf(one.id, show),
  agent: show.name(one.agent),
  level: one.level,
  start_ms: one.startMs,
  last_ms: one.lastMs,
  servers: one.servers.slice(0, LIMITS.shownItemsMax).map((name) => show.name(name)),
  calls: one.calls,
  denied: one.denied,
  alerts: one.alerts,
  ...(content && one.intent !== undefined
    ? { intent: show.text(one.intent, 'intent', LIMITS.shownValueCharsMax) }
    : {}),
});

const lineOf = (one: z.infer<typeof session>): string =>
  `${one.id} ${isoOf(one.last_ms)} ${quoted(one.agent)} ${one.calls} calls` +
  `${counted(one.denied, 'denied')}${counted(one.alerts, 'alerts')}`;

const counted = (count: number, what: string): string => (count > 0 ? ` ${count} ${what}` : '');

export const sessions: Tool = tool({
  name: 'sessions',
  title: 'Sessions of agents',
  description: 'What agents did, session by session, newest first: who, when, how many calls.',
  permission: 'evidence',
  input: z.object({
    limit: z.int().min(1).max(LIMITS.queryTracesMax).default(LIMIT),
    cursor: z.string().max(128).optional().describe('Where to go on, from the answer before'),
    ...{ deployment: WHERE.deployment },
  }),
  output: z.object({ sessions: z.array(session), cursor: z.string().optional(), ...SAID }),
  run: async ({ limit, cursor, ...where }, call) => {
    const { evidence, ask, show, content } = evidenceFor(where, call);
    const { rows, next } = await evidence.sessions(limit, cursor, ask);
    const shown = rows.map((one) => shownSession(one, show, content));
    return {
      text: [`${shown.length} sessions`, ...shown.map(lineOf)].join('\n') + hiddenText(show.counts),
      data: {
        sessions: shown,
        ...(next === undefined ? {} : { cursor: next }),
        ...saidOf(show.counts),
      },
    };
  },
});

const node = z.object({
  id: z.string(),
  seq: z.number(),
  at_ms: z.number(),
  kind: z.string(),
  server: z.string(),
  tool: z.string().optional(),
  labels: z.array(z.string()),
  outcome: z.string(),
  decision: z.string().optional(),
  rule: z.string().optional(),
  trace_id: z.string().describe('Of its span'),
  cause: z.object({ kind: z.string(), parent: z.string().optional(), evidence: z.string() }),
  flows: z
    .array(z.object({ from: z.string(), classes: z.array(z.string()), coverage: z.number() }))
    .describe('Calls whose results hold values of its arguments'),
});

type Node = z.infer<typeof node>;

/** A call that has ended is told once, by its end. */
function lastOfEach(observations: readonly Observation[]): readonly Observation[] {
  const last = new Map(observations.map((one) => [one.id, one]));
  return [...last.values()];
}

/** One for each call that values came from, however many they were. */
function flowsOf(edges: readonly FlowEdge[], show: Show): Node['flows'] {
  const sources = new Map<string, { classes: Set<string>; coverage: number }>();
  for (const { from, classes, coverage } of edges) {
    const known = sources.get(from) ?? { classes: new Set(), coverage: 0 };
    for (const one of classes) known.classes.add(one);
    sources.set(from, { ...known, coverage: Math.max(known.coverage, coverage) });
  }
  return [...sources].slice(0, LIMITS.shownItemsMax).map(([from, { classes, coverage }]) => ({
    from: idOf(from, show),
    classes: [...classes],
    coverage,
  }));
}

function nodeOf(one: Observation, show: Show): Node {
  const { parent } = one.cause;
  return {
    id: idOf(one.id, show),
    seq: one.seq,
    at_ms: one.time.startMs,
    kind: one.kind,
    server: show.name(one.server.name),
    ...(one.tool === undefined ? {} : { tool: show.name(one.tool.name) }),
    labels: [...(one.tool?.labels ?? [])],
    outcome: one.outcome,
    ...(one.decision === undefined
      ? {}
      : { decision: one.decision.action, rule: show.name(one.decision.rule) }),
    trace_id: one.trace.trace,
    cause: {
      kind: one.cause.kind,
      evidence: one.cause.evidence,
      ...(parent === undefined ? {} : { parent: idOf(parent, show) }),
    },
    flows: flowsOf(one.facts.flows, show),
  };
}

export const sessionGraph: Tool = tool({
  name: 'session_graph',
  title: 'Graph of one session',
  description:
    'The calls of one session in order, with what each was made for and which earlier results its arguments came from.',
  permission: 'evidence',
  input: z.object({
    session: z.string().min(1).max(128).describe('Id from `sessions`'),
    deployment: WHERE.deployment,
    ...CURSOR,
  }),
  output: z.object({
    session,
    nodes: z.array(node),
    alerts: z.array(z.object({ id: z.string(), title: z.string() })),
    partial: z.boolean().describe('Only the newest part is here'),
    total: z.number(),
    cursor: z.string().optional(),
    ...SAID,
  }),
  run: async ({ session: id, cursor, ...where }, call) => {
    const { evidence, ask, show, content } = evidenceFor(where, call);
    const detail = found(await evidence.session(id, ask), 'session');
    const { rows, ...page } = pageOf(lastOfEach(detail.observations), cursor, LIMITS.queryRowsMax);
    const nodes = rows.map((one) => nodeOf(one, show));
    const alerts = detail.alerts.map((one) => ({
      id: idOf(one.id, show),
      title: show.name(one.title),
    }));
    const lines = nodes.map(
      (one) =>
        `${one.seq} ${isoOf(one.at_ms)} ${one.kind} ${quoted(`${one.server}/${one.tool ?? ''}`)} ` +
        `${one.outcome}${one.labels.length > 0 ? ` [${one.labels.join(' ')}]` : ''}` +
        `${one.decision === undefined ? '' : ` ${one.decision}`}` +
        `${one.flows.length > 0 ? ` from ${one.flows.map(({ from }) => from).join(' ')}` : ''}`,
    );
    const shown = shownSession(detail.session, show, content);
    return {
      text: [lineOf(shown), ...lines].join('\n') + hiddenText(show.counts),
      data: {
        session: shown,
        nodes,
        alerts,
        partial: detail.partial,
        ...page,
        ...saidOf(show.counts),
      },
    };
  },
});
