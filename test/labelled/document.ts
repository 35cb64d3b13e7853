import type { Drawn } from './draw.ts';
import { type Measured, table } from './measure.ts';

const START = '<!-- measured: scripts/measure-labels.ts -->';
const END = '<!-- end -->';

/** What docs/labels.md says of the measured sample. */
export const measuredPart = (rows: readonly Measured[], { sample, development }: Drawn): string =>
  [
    `Of ${sample.length} tools, with 95 % intervals in brackets:`,
    '',
    table(rows),
    '',
    `For improving there were ${development.length} tools of other servers.`,
  ].join('\n');

export function withMeasured(page: string, part: string): string {
  const [before, rest] = page.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`no ${START} … ${END}`);
  return `${before}${START}\n\n${part}\n\n${END}${after}`;
}
