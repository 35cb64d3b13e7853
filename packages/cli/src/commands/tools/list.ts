import { CodedError, type ToolView } from '@spoor/core';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { type Found, seenTools } from './find.ts';

export async function list(context: Context): Promise<number> {
  const { flags, out, words } = context;
  if (words.length > 1) throw new CodedError('USAGE', 'tools list');
  const all = await seenTools(context);
  const rows = flags.changed === true ? all.filter(({ tool }) => !isQuiet(tool)) : all;
  if (flags.json === true) {
    out.json(rows.map(({ server, tool }) => ({ server, ...tool })));
    return 0;
  }
  if (all.length === 0) out.line('No tool was seen.');
  else if (rows.length === 0) out.line('Every definition is as it was pinned.');
  for (const row of rows) out.line(lineOf(context, row));
  return 0;
}

const isQuiet = ({ change, pin }: ToolView): boolean => change !== 'changed' && !pin.blocked;

function lineOf({ out }: Context, { server, tool }: Found): string {
  const name = `${visible(server)} ${paint(out, 'bold', visible(tool.name))}`;
  const { change, pin, shadows = [], collision } = tool;
  const state = pin.blocked
    ? paint(out, 'red', 'blocked')
    : change === 'changed'
      ? paint(out, 'yellow', 'changed')
      : change === 'removed'
        ? 'removed'
        : 'as pinned';
  const more = [
    ...shadows.map((one) => `speaks of ${one}`),
    ...(collision === undefined ? [] : [`${collision.kind} name as ${collision.with}`]),
    ...(pin.said === undefined ? [] : [`${pin.said.word} by ${pin.said.by}`]),
  ];
  return `${name}  ${[state, ...more.map(visible)].join(', ')}`;
}
