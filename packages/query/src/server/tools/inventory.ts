import { LIMITS } from '@spoor/core';
import { z } from 'zod';
import { CURSOR, hiddenText, PAGE, quoted, SAID, saidOf, WHERE } from '../fields.ts';
import { pageOf } from '../page.ts';
import { type Tool, tool } from '../tool.ts';
import { evidenceFor, found } from './evidence.ts';

export const rules: Tool = tool({
  name: 'rules',
  title: 'Rules',
  description: 'The rules that are in force, with how often each matched within a day.',
  permission: 'evidence',
  input: z.object({ deployment: WHERE.deployment, ...CURSOR }),
  output: z.object({
    rules: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        level: z.string(),
        response: z.string(),
        mode: z.string(),
        matches_24h: z.number(),
        tags: z.array(z.string()),
      }),
    ),
    problems: z.number().describe('Rule files that cannot be read as rules'),
    ...PAGE,
    ...SAID,
  }),
  run: async ({ cursor, ...where }, call) => {
    const { evidence, ask, show } = evidenceFor(where, call);
    const view = await evidence.rules(ask);
    const { rows, ...page } = pageOf([...view.rules, ...view.builtIn], cursor, LIMITS.queryRowsMax);
    const shown = rows.map((rule) => ({
      id: show.name(rule.id),
      title: show.name(rule.title),
      level: rule.level,
      response: rule.response,
      mode: rule.mode,
      matches_24h: rule.matches24h,
      tags: rule.tags.map((tag) => show.name(tag)),
    }));
    const lines = shown.map(
      (one) =>
        `${quoted(one.id)} ${one.level} ${one.response} ${one.mode} ${one.matches_24h} in 24 h`,
    );
    return {
      text: [`${page.total} rules`, ...lines].join('\n') + hiddenText(show.counts),
      data: { rules: shown, problems: view.problems.length, ...page, ...saidOf(show.counts) },
    };
  },
});

export const toolInventory: Tool = tool({
  name: 'tool_inventory',
  title: 'Servers and tools that were seen',
  description:
    'Tools of MCP servers as they were seen: labels (what each can do), whether its definition has changed or is blocked.',
  permission: 'evidence',
  input: z.object({ deployment: WHERE.deployment, ...CURSOR }),
  output: z.object({
    tools: z.array(
      z.object({
        server: z.string(),
        tool: z.string(),
        labels: z.array(z.string()),
        change: z.string(),
        blocked: z.boolean(),
        calls_24h: z.number(),
      }),
    ),
    ...PAGE,
    ...SAID,
  }),
  run: async ({ cursor, ...where }, call) => {
    const { evidence, ask, show } = evidenceFor(where, call);
    const { servers } = await evidence.inventory(ask);
    const all = servers.flatMap(({ name, tools }) => tools.map((one) => ({ server: name, one })));
    const { rows, ...page } = pageOf(all, cursor, LIMITS.queryRowsMax);
    const shown = rows.map(({ server, one }) => ({
      server: show.name(server),
      tool: show.name(one.name),
      labels: [...one.labels],
      change: one.change,
      blocked: one.pin.blocked,
      calls_24h: one.calls24h,
    }));
    const lines = shown.map(
      (one) =>
        `${quoted(`${one.server}/${one.tool}`)} [${one.labels.join(' ')}] ${one.change}` +
        `${one.blocked ? ' blocked' : ''} ${one.calls_24h} calls in 24 h`,
    );
    return {
      text: [`${page.total} tools`, ...lines].join('\n') + hiddenText(show.counts),
      data: { tools: shown, ...page, ...saidOf(show.counts) },
    };
  },
});

export const verifyEntry: Tool = tool({
  name: 'verify_entry',
  title: 'Verify an entry of the ledger',
  description:
    'Whether an entry of the ledger is under its newest checkpoint, worked out from the published files and not by asking the hub.',
  permission: 'evidence',
  input: z.object({
    index: z.int().min(0).describe('Index of the entry, as an alert names it'),
    deployment: WHERE.deployment,
  }),
  output: z.object({
    index: z.number(),
    state: z.string(),
    leaf_hash: z.string(),
    size: z.number().describe('Entries under the checkpoint'),
    origin: z.string(),
    verifier_key: z
      .string()
      .describe('Of the log, as the hub says: compare it with one that was kept elsewhere'),
    witness: z.string().describe('Whether others vouch for the log, as the hub says'),
    leaf: z.string().optional().describe('The entry itself, for those who may see content'),
    ...SAID,
  }),
  run: async ({ index, ...where }, call) => {
    const { evidence, ask, show, content } = evidenceFor(where, call);
    const proof = found(await evidence.entry(index, ask), 'entry');
    const { state, leafHash, size, witness } = proof;
    const verifier_key = show.text(proof.verifierKey, '', LIMITS.shownValueCharsMax);
    const origin = show.name(proof.origin);
    const leaf = content ? { leaf: show.text(proof.leaf, '', LIMITS.shownValueCharsMax) } : {};
    return {
      text: `entry ${index}: ${state}, under a checkpoint of ${size} entries, witness ${witness}\n${quoted(origin)}`,
      data: {
        index,
        state,
        leaf_hash: leafHash,
        size,
        origin,
        verifier_key,
        witness,
        ...leaf,
        ...saidOf(show.counts),
      },
    };
  },
});
