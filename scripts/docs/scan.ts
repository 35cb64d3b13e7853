import { DYNAMIC_CHECKS } from '../../packages/scan/src/checks/all.ts';
import { code, table } from './markdown.ts';

const HEAD = '| Check';

/** The table of checks in `docs/scan.md`; the rest of the page is written by hand. */
export function renderScan(current: string): string {
  const lines = current.split('\n');
  const from = lines.findIndex((line) => line.startsWith(HEAD));
  const end = lines.findIndex(
    (line, at) => at > from && !line.startsWith('|') && line !== 'CHECKS',
  );
  const rows = DYNAMIC_CHECKS.map(({ check: { id, points, severity, title, catalogue } }) => [
    code(id),
    severity,
    String(points),
    title,
    catalogue.join(', '),
  ]);
  const made = table(['Check', 'Severity', 'Points', 'Passed means', 'Catalogues'], rows);
  return [...lines.slice(0, from), ...made, ...lines.slice(end)].join('\n');
}
