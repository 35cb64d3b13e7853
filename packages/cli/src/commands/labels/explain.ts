import { CodedError, type LabelSource, nearest } from '@spoor/core';
import type { Context } from '../../command.ts';
import { paint, visible } from '../../output.ts';
import { toolsOf } from './tools.ts';

export async function explain(context: Context): Promise<number> {
  const { flags, out, words } = context;
  const [, server, tool, ...more] = words;
  if (server === undefined || tool === undefined || more.length > 0)
    throw new CodedError('USAGE', 'labels explain SERVER TOOL');
  const all = await toolsOf({ ...context, flags: { ...flags, server } });
  const found = all.find((row) => row.server === server && row.tool === tool);
  if (found === undefined) {
    const names = all.map((row) => `${row.server} ${row.tool}`);
    const hint = names.length === 0 ? '' : `; did you mean ${nearest(`${server} ${tool}`, names)}?`;
    throw new CodedError('TOOL_UNKNOWN', `${server} ${tool}${hint}`);
  }
  if (flags.json === true) {
    out.json(found);
    return 0;
  }
  const { labels, sources } = found;
  out.line(`${visible(server)} ${paint(out, 'bold', visible(tool))}`);
  if (labels.length === 0) out.line('  It has no label.');
  const holds = ({ label, rejected }: LabelSource): boolean =>
    rejected === undefined && labels.includes(label);
  for (const label of labels) {
    out.line(`  ${paint(out, 'bold', label)}`);
    for (const one of sources.filter((source) => source.label === label && holds(source)))
      out.line(`      ${one.from}: ${one.because}`);
  }
  const others = sources.filter((one) => !holds(one));
  if (others.length > 0) out.line('Considered, and not given:');
  for (const { label, from, because, rejected = 'a stronger source says otherwise' } of others)
    out.line(`  ${label}  ${from}: ${because}; but ${rejected}`);
  return 0;
}
