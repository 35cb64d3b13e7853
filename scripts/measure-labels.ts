/** Measures the labels of tools on the sample labelled by hand, and writes docs/labels.md anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { exit } from 'node:process';
import { measuredPart, withMeasured } from '../test/labelled/document.ts';
import { measureLabels, recordedTools } from '../test/labelled/recorded.ts';

const page = new URL('../docs/labels.md', import.meta.url);
const drawn = recordedTools();
if (drawn === undefined) {
  process.stderr.write('The recordings of tools are not there.\n');
  exit(1);
}
const part = measuredPart(measureLabels(drawn.sample), drawn);
writeFileSync(page, withMeasured(readFileSync(page, 'utf8'), part));
