import { ATTRIBUTES } from '../../packages/core/src/attributes.ts';
import { code, table } from './markdown.ts';

const BEGIN = '<!-- The table is generated: npm run docs -->';
const END = '<!-- End of the table -->';

/**
 * `docs/telemetry.md` with its table of attributes made new; the text around it is written by hand.
 */
export function renderTelemetry(current: string): string {
  const begin = current.indexOf(BEGIN);
  const end = current.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('docs/telemetry.md has lost its marks');
  const rows = Object.entries(ATTRIBUTES).map(([name, { type, form, why }]) => [
    code(name),
    type,
    form === undefined ? '' : code(form.source),
    why,
  ]);
  const lines = table(['Attribute', 'Type', 'Form of each string', 'Why it is there'], rows);
  return [current.slice(0, begin + BEGIN.length), '', '', ...lines, '', current.slice(end)]
    .join('\n')
    .replace(`${BEGIN}\n\n\n`, `${BEGIN}\n\n`);
}
