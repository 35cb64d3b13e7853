import { CodedError, isLabel, LABELS, nearest } from '@spoor/core';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { type LabelledTool, toolsOf } from './tools.ts';

export async function list(context: Context): Promise<number> {
  const { flags, out, words } = context;
  if (words.length > 1) throw new CodedError('USAGE', 'labels list');
  const { server, label } = flags;
  if (typeof label === 'string' && !isLabel(label))
    throw new CodedError('USAGE', `${label}; did you mean ${nearest(label, LABELS)}?`);
  const rows = (await toolsOf(context)).filter(
    (row) =>
      (typeof server !== 'string' || row.server === server) &&
      (typeof label !== 'string' || row.labels.some((one) => one === label)),
  );
  if (flags.json === true) out.json(rows);
  else if (rows.length === 0) out.line('No tool that was seen is such a one.');
  else for (const row of rows) out.line(lineOf(context, row));
  return 0;
}

function lineOf({ out }: Context, { server, tool, labels, sources }: LabelledTool): string {
  const name = `${visible(server)} ${paint(out, 'bold', visible(tool))}`;
  if (labels.length === 0) return `${name}  ${paint(out, 'dim', 'no label')}`;
  const said = labels.map((label) => {
    const from = sources.filter((one) => one.label === label && one.rejected === undefined);
    return `${label} ${paint(out, 'dim', `(${from.at(-1)?.from ?? 'definition'})`)}`;
  });
  return `${name}  ${said.join(', ')}`;
}
