import { lineDiff, type ToolView } from '@spoor/core';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { namedTool } from './find.ts';

export async function diff(context: Context): Promise<number> {
  const { flags, out } = context;
  const { server, tool } = await namedTool(context);
  const { pin, definition } = tool;
  if (flags.json === true) {
    out.json({ server, tool: tool.name, pin, definition });
    return 0;
  }
  for (const line of told(context, tool)) out.line(line);
  if (pin.blocked) out.line('It is blocked.');
  return 0;
}

function told({ out }: Context, { pin, definition }: ToolView): readonly string[] {
  if (pin.digest === pin.pinned) return ['The definition is as it was pinned.'];
  if (pin.before === undefined || definition === undefined)
    return ['It has changed; the texts are not kept, only their digests.'];
  const lines = lineDiff(pretty(pin.before), pretty(definition));
  const hidden = lines.every(({ mark }) => mark === ' ');
  const shown = lines.map(({ mark, line }) => {
    const text = `${mark} ${visible(line)}`;
    return mark === ' ' ? text : paint(out, mark === '+' ? 'green' : 'red', text);
  });
  return hidden ? ['It has changed, in what the kept texts leave out.', ...shown] : shown;
}

function pretty(projection: string): string {
  try {
    return JSON.stringify(JSON.parse(projection), null, 2);
  } catch {
    return projection;
  }
}
