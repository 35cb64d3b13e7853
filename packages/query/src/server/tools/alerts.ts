import { type Alert, LIMITS } from '@spoor/core';
import { z } from 'zod';
import type { Show } from '../../shown/show.ts';
import { hiddenText, quoted, SAID, saidOf, WHERE } from '../fields.ts';
import { type Tool, tool } from '../tool.ts';
import { evidenceFor, found, idOf, isoOf } from './evidence.ts';

const LIMIT = 20;

const row = z.object({
  id: z.string(),
  rule: z.string(),
  level: z.string(),
  title: z.string(),
  status: z.string(),
  session: z.string(),
  first_ms: z.number(),
  last_ms: z.number(),
  count: z.number(),
  action: z.string(),
  wanted: z.string().describe('What the rule wanted; not done where it only observes'),
});

const rowOf = (alert: Alert, show: Show): z.infer<typeof row> => ({
  id: idOf(alert.id, show),
  rule: show.name(alert.rule.id),
  level: alert.rule.level,
  title: show.name(alert.title),
  status: alert.status,
  session: idOf(alert.session, show),
  first_ms: alert.firstMs,
  last_ms: alert.lastMs,
  count: alert.count,
  action: alert.action,
  wanted: alert.wanted,
});

const lineOf = (one: z.infer<typeof row>): string =>
  `${one.id} ${isoOf(one.last_ms)} ${one.level} ${one.status} ${one.action} ${quoted(one.title)} ${one.session}`;

export const alerts: Tool = tool({
  name: 'alerts',
  title: 'Alerts',
  description: 'Chains of calls that a rule has recognised, newest first.',
  permission: 'evidence',
  input: z.object({
    status: z.enum(['open', 'all']).default('open'),
    limit: z.int().min(1).max(LIMITS.queryTracesMax).default(LIMIT),
    deployment: WHERE.deployment,
  }),
  output: z.object({ alerts: z.array(row), more: z.boolean(), ...SAID }),
  run: async ({ status, limit, ...where }, call) => {
    const { evidence, ask, show } = evidenceFor(where, call);
    const { rows, next } = await evidence.alerts(status, limit, ask);
    const shown = rows.map((one) => rowOf(one, show));
    const more = next !== undefined || rows.length >= limit;
    return {
      text: [`${shown.length} alerts`, ...shown.map(lineOf)].join('\n') + hiddenText(show.counts),
      data: { alerts: shown, more, ...saidOf(show.counts) },
    };
  },
});

const step = z.object({
  call: z.string(),
  seq: z.number(),
  at_ms: z.number(),
  server: z.string(),
  tool: z.string(),
  step: z.string(),
  matched: z.record(z.string(), z.string()).optional(),
});

export const alert: Tool = tool({
  name: 'alert',
  title: 'One alert with its evidence',
  description:
    'An alert with the calls that led to it, step by step, what the rule means, what to do, and where it stands in the ledger.',
  permission: 'evidence',
  input: z.object({
    alert: z.string().min(1).max(128).describe('Id from `alerts`'),
    deployment: WHERE.deployment,
  }),
  output: z.object({
    alert: row,
    description: z.string(),
    advice: z.string(),
    tags: z.array(z.string()),
    path: z.array(step),
    case: z.string().optional(),
    ledger_index: z.number().optional(),
    ...SAID,
  }),
  run: async ({ alert: id, ...where }, call) => {
    const { evidence, ask, show, content } = evidenceFor(where, call);
    const one = found(await evidence.alert(id, ask), 'alert');
    const shown = rowOf(one, show);
    const text = (value: string): string => show.text(value, '', LIMITS.shownValueCharsMax);
    const path = one.detection.path.map((at) => ({
      call: idOf(at.call, show),
      seq: at.seq,
      at_ms: at.atMs,
      server: show.name(at.server),
      tool: show.name(at.tool),
      step: show.name(at.step),
      ...(content ? { matched: matchedOf(at.matched, show) } : {}),
    }));
    const lines = path.map(
      (at) =>
        `${at.seq} ${isoOf(at.at_ms)} ${quoted(at.step)} ${quoted(`${at.server}/${at.tool}`)}`,
    );
    const description = text(one.rule.description);
    return {
      text: [lineOf(shown), quoted(description), ...lines].join('\n') + hiddenText(show.counts),
      data: {
        alert: shown,
        description,
        advice: text(one.rule.advice),
        tags: one.rule.tags.map((tag) => show.name(tag)),
        path,
        ...(one.case === undefined ? {} : { case: idOf(one.case, show) }),
        ...(one.ledgerIndex === undefined ? {} : { ledger_index: one.ledgerIndex }),
        ...saidOf(show.counts),
      },
    };
  },
});

const matchedOf = (matched: Readonly<Record<string, string>>, show: Show): Record<string, string> =>
  Object.fromEntries(
    Object.entries(matched)
      .slice(0, LIMITS.shownAttributesMax)
      .map(([key, value]) => [show.key(key), show.text(value, key, LIMITS.shownValueCharsMax)]),
  );
