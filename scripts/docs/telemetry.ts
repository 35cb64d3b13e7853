import { ATTRIBUTES } from '../../packages/core/src/attributes.ts';
import { WITHHELD } from '../../packages/core/src/withheld.ts';
import { code, table } from './markdown.ts';

/** Marks around what is generated; the text around them is written by hand. */
const END = '<!-- End of the table -->';
const MARKS = {
  attributes: '<!-- The table is generated: npm run docs -->',
  withheld: '<!-- What is withheld is generated: npm run docs -->',
} as const;

/** `docs/telemetry.md` with its tables made new. */
export function renderTelemetry(current: string): string {
  return between(between(current, MARKS.attributes, attributes()), MARKS.withheld, withheld());
}

function between(current: string, mark: string, lines: readonly string[]): string {
  const begin = current.indexOf(mark);
  const until = current.indexOf(END, begin);
  if (begin < 0 || until < 0) throw new Error('docs/telemetry.md has lost its marks');
  const before = current.slice(0, begin + mark.length);
  return [before, '', ...lines, '', current.slice(until)].join('\n');
}

function attributes(): readonly string[] {
  const rows = Object.entries(ATTRIBUTES).map(([name, row]) => [
    code(name),
    row.type,
    row.class,
    String(row.bytesMax),
    row.form === undefined ? '' : code(row.form.source),
    row.why,
  ]);
  const head = ['Attribute', 'Type', 'Class', 'Bytes at most', 'Form of each string', 'Why'];
  return table(head, rows);
}

function withheld(): readonly string[] {
  const rows = Object.entries(WITHHELD).map(([what, { leaks, instead }]) => [what, leaks, instead]);
  return table(['What', 'Where it would leak', 'What leaves instead'], rows);
}
