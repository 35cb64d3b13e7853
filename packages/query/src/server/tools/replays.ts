import { LABELS, LIMITS, type ReplayView } from '@spoor/core';
import { z } from 'zod';
import type { Show } from '../../shown/show.ts';
import { hiddenText, quoted, SAID, saidOf, UNIX_MS, WHERE } from '../fields.ts';
import { type Answer, type Tool, tool } from '../tool.ts';
import { evidenceFor, idOf, isoOf } from './evidence.ts';

const HOUR_MS = 3_600_000;

const TIME = {
  start: UNIX_MS.optional().describe('Start in unix milliseconds; default all that is kept'),
  end: UNIX_MS.optional().describe('End in unix milliseconds'),
};

const hit = z.object({
  at_ms: z.number(),
  session: z.string(),
  call: z.string(),
  path: z.array(z.string()).describe('Server and tool of each step'),
});

const output = z.object({
  looked_at: z.object({
    observations: z.number(),
    sessions: z.number(),
    complete: z.boolean().describe('False where a limit has ended it before all was looked at'),
    shredded: z.number().describe('Observations whose content is gone, and facts with it'),
  }),
  rules: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      level: z.string(),
      coverage: z.string().describe('`none`: nothing could answer, so that no hits say nothing'),
      hits: z.number(),
      hit_sessions: z.number(),
      newest: z.array(hit),
    }),
  ),
  ...SAID,
});

function told({ history, rules }: ReplayView, show: Show): Answer<z.infer<typeof output>> {
  const shown = rules.slice(0, LIMITS.queryRowsMax).map((rule) => ({
    id: show.name(rule.id),
    title: show.name(rule.title),
    level: rule.level,
    coverage: rule.coverage,
    hits: rule.hits,
    hit_sessions: rule.hitSessions,
    newest: rule.newest.slice(0, LIMITS.shownItemsMax).map((one) => ({
      at_ms: one.atMs,
      session: idOf(one.session, show),
      call: idOf(one.call, show),
      path: one.path.map((at) => show.name(at)),
    })),
  }));
  const { observations, sessions, complete, shredded } = history;
  const head = `looked at ${observations} observations of ${sessions} sessions${complete ? '' : ', not all'}`;
  const lines = shown
    .filter(({ hits, coverage }) => hits > 0 || coverage !== 'full')
    .flatMap((rule) => [
      `${quoted(rule.id)} ${rule.hits} hits, coverage ${rule.coverage}`,
      ...rule.newest.map(
        (one) => `  ${isoOf(one.at_ms)} ${one.session} ${quoted(one.path.join(' > '))}`,
      ),
    ]);
  return {
    text: [head, ...lines].join('\n') + hiddenText(show.counts),
    data: {
      looked_at: { observations, sessions, complete, shredded },
      rules: shown,
      ...saidOf(show.counts),
    },
  };
}

const given = (start: number | undefined, end: number | undefined) => ({
  ...(start === undefined ? {} : { fromMs: start }),
  ...(end === undefined ? {} : { toMs: end }),
});

export const findChain: Tool = tool({
  name: 'find_chain',
  title: 'Find chains of calls',
  description: `Sessions in which calls with these labels came one after another. Labels: ${LABELS.join(', ')}.`,
  permission: 'evidence',
  input: z.object({
    steps: z.array(z.enum(LABELS)).min(2).max(8).describe('Labels, in order'),
    within: z
      .number()
      .min(1_000)
      .max(7 * 24 * HOUR_MS)
      .default(HOUR_MS)
      .describe('Milliseconds from the first to the last, default one hour'),
    ...TIME,
    deployment: WHERE.deployment,
  }),
  output,
  run: async ({ steps, within, start, end, ...where }, call) => {
    const { evidence, ask, show } = evidenceFor(where, call);
    const query = { steps, withinMs: within, ...given(start, end) };
    return told(await evidence.chain(query, ask), show);
  },
});

export const backtest: Tool = tool({
  name: 'backtest',
  title: 'Backtest rules',
  description:
    'What rules would have found in what was recorded: all that are there, one by its id, or new ones as text (Sigma).',
  permission: 'evidence',
  input: z.object({
    rule: z.string().min(1).max(128).optional().describe('Id of a rule, from `rules`'),
    rules: z.string().min(1).max(65_536).optional().describe('Text of new rules, as YAML'),
    session: z.string().min(1).max(128).optional().describe('Within one session only'),
    ...TIME,
    deployment: WHERE.deployment,
  }),
  output,
  run: async ({ rule, rules, session, start, end, ...where }, call) => {
    const { evidence, ask, show } = evidenceFor(where, call);
    const query = {
      ...(rule === undefined ? {} : { rule }),
      ...(rules === undefined ? {} : { rules }),
      ...(session === undefined ? {} : { session }),
      ...given(start, end),
    };
    return told(await evidence.backtest(query, ask), show);
  },
});
