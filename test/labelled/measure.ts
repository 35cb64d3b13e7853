import { LABELS, type Label } from '@spoor/core';
import type { RecordedTool } from './draw.ts';

/** How the labels that a classifier gives compare with those that a person gave. */
export interface Measured {
  readonly label: Label;
  /** Tools that have the label by hand. */
  readonly has: number;
  readonly right: number;
  /** Given where a person gave it not. */
  readonly wrong: number;
}

export function measure(
  tools: readonly RecordedTool[],
  byHand: ReadonlyMap<string, ReadonlySet<string>>,
  classify: (tool: RecordedTool) => readonly Label[],
): readonly Measured[] {
  const answers = tools.map((tool) => {
    const truth = byHand.get(tool.id);
    if (truth === undefined) throw new Error(`no labels by hand for ${tool.id}`);
    return { truth, given: new Set<string>(classify(tool)) };
  });
  return LABELS.map((label) => ({
    label,
    has: answers.filter(({ truth }) => truth.has(label)).length,
    right: answers.filter(({ truth, given }) => truth.has(label) && given.has(label)).length,
    wrong: answers.filter(({ truth, given }) => !truth.has(label) && given.has(label)).length,
  }));
}

/** All labels together. */
export const total = (rows: readonly Measured[]): Omit<Measured, 'label'> => ({
  has: rows.reduce((sum, { has }) => sum + has, 0),
  right: rows.reduce((sum, { right }) => sum + right, 0),
  wrong: rows.reduce((sum, { wrong }) => sum + wrong, 0),
});

const Z_95 = 1.96;

/** A share in per cent with its 95 % interval by Wilson; a dash of nothing. */
function share(hits: number, of: number): string {
  if (of === 0) return '–';
  const p = hits / of;
  const z2 = Z_95 ** 2;
  const middle = (p + z2 / (2 * of)) / (1 + z2 / of);
  const half = (Z_95 / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of ** 2));
  const percent = (x: number): string => (100 * x).toFixed(0);
  return `${percent(p)} % (${percent(middle - half)}–${percent(middle + half)})`;
}

export function table(rows: readonly Measured[]): string {
  const line = (name: string, { has, right, wrong }: Omit<Measured, 'label'>): string =>
    `| ${name} | ${has} | ${share(right, right + wrong)} | ${share(right, has)} |`;
  return [
    '| Label | Tools that have it | Precision | Recall |',
    '| --- | ---: | --- | --- |',
    ...rows.map((row) => line(`\`${row.label}\``, row)),
    line('all', total(rows)),
  ].join('\n');
}
