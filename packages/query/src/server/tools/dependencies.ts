import { LIMITS } from '@spoor/core';
import { z } from 'zod';
import { Show } from '../../shown/show.ts';
import { askFor } from '../ask.ts';
import { CURSOR, hiddenText, PAGE, quoted, SAID, saidOf, UNIX_MS, WHERE } from '../fields.ts';
import { pageOf } from '../page.ts';
import { type Tool, tool } from '../tool.ts';
import { windowOf } from '../window.ts';

const HOUR_MS = 3_600_000;

export const dependencies: Tool = tool({
  name: 'dependencies',
  title: 'Service dependency graph',
  description: 'Which services call which others, and how often.',
  permission: 'traces',
  input: z.object({
    endTs: UNIX_MS.default(0).describe('End in unix milliseconds; now if 0 or left out'),
    lookback: z
      .number()
      .min(0)
      .max(LIMITS.queryWindowMsMax)
      .default(HOUR_MS)
      .describe('Length of the interval in milliseconds, default one hour'),
    ...WHERE,
    ...CURSOR,
  }),
  output: z.object({
    dependencies: z.array(z.object({ parent: z.string(), child: z.string(), calls: z.number() })),
    ...PAGE,
    ...SAID,
  }),
  run: async (args, call) => {
    const { reader, ask } = askFor('dependencies', args, call);
    const lookbackMs = args.lookback === 0 ? HOUR_MS : args.lookback;
    const { endMs } = windowOf(undefined, args.endTs, call.nowMs);
    const found = await reader.dependencies(endMs, lookbackMs, ask);
    const show = new Show(call.masker);
    const { rows, ...page } = pageOf(found, args.cursor, LIMITS.queryRowsMax);
    const shown = rows.map(({ parent, child, calls }) => ({
      parent: show.name(parent),
      child: show.name(child),
      calls,
    }));
    const lines = shown.map((one) => `${quoted(one.parent)} -> ${quoted(one.child)} ${one.calls}`);
    return {
      text: [`${page.total} dependencies`, ...lines].join('\n') + hiddenText(show.counts),
      data: { dependencies: shown, ...page, ...saidOf(show.counts) },
    };
  },
});
