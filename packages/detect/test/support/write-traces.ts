/** Writes the traces beside the rules: `node packages/detect/test/support/write-traces.ts`. */
import { writeFileSync } from 'node:fs';
import { renderTrace, TRACES } from './traces.ts';

const rules = new URL('../../../../rules/', import.meta.url);

for (const [name, scenario] of Object.entries(TRACES)) {
  writeFileSync(new URL(`${name}.jsonl`, rules), renderTrace(scenario().observations));
}
