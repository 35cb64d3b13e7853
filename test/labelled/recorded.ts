import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { classifyTool } from '@spoor/detect';
import { ROOT } from '../repository.ts';
import { type Drawn, draw, type RecordedTool } from './draw.ts';
import { type Measured, measure } from './measure.ts';

/** Recordings that others made lie beside the project, where there are any. */
const FOLDER = join(ROOT, '..', 'shared', 'benchmark');
const FILES = ['tool_catalog', 'tools_public'].map((name) => join(FOLDER, `${name}.jsonl.gz`));

/** Undefined where the recordings are not there. */
export const recordedTools = (): Drawn | undefined =>
  FILES.every((file) => existsSync(file)) ? draw(FILES) : undefined;

/** Labels by hand, by the id of the tool; `-` stands for none. */
export function labelsByHand(): ReadonlyMap<string, ReadonlySet<string>> {
  const text = readFileSync(join(ROOT, 'test', 'labelled', 'sample.tsv'), 'utf8');
  const rows = text.trimEnd().split('\n');
  return new Map(
    rows.map((row) => {
      const [id = '', labels = '-'] = row.split('\t');
      return [id, new Set(labels.split(' ').filter((label) => label !== '-'))];
    }),
  );
}

export const measureLabels = (sample: readonly RecordedTool[]): readonly Measured[] =>
  measure(sample, labelsByHand(), ({ tool, description, inputSchema }) => {
    const said = description === undefined ? {} : { description };
    return classifyTool({ name: tool, inputSchema, ...said }).labels;
  });
