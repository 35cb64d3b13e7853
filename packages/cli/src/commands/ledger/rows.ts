/** Entries for other programs. Nothing is proved by an export: that is what proofs are for. */
import { CodedError } from '@spoor/core';
import type { ReadLeaf } from '@spoor/ledger/verify';

type ExportFormat = 'jsonl' | 'csv';

export function exportFormat(text: string | boolean): ExportFormat {
  if (text === 'jsonl' || text === 'csv') return text;
  throw new CodedError('USAGE', '--format jsonl or --format csv');
}

/** Columns, and where in an entry their values lie. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  time: ['ts'],
  kind: ['kind'],
  call: ['call'],
  session: ['session'],
  method: ['mcp', 'method'],
  server: ['mcp', 'server'],
  tool: ['mcp', 'tool'],
  outcome: ['outcome'],
  verdict: ['decision', 'verdict'],
  rule: ['decision', 'rule'],
  principal: ['identity', 'pseudonym'],
  level: ['identity', 'level'],
  trace: ['trace'],
  span: ['span'],
};

export const CSV_HEAD: string = ['index', ...Object.keys(COLUMNS)].join(',');

/** Of JSON Lines, the entry is the very text that stands in the log. */
export function exportLine({ index, leaf }: ReadLeaf, format: ExportFormat): string {
  if (format === 'jsonl') return `{"index":${index},"entry":${leaf}}`;
  const entry: unknown = JSON.parse(leaf);
  const cells = Object.values(COLUMNS).map((path) => csvCell(valueAt(entry, path)));
  return [String(index), ...cells].join(',');
}

function valueAt(entry: unknown, path: readonly string[]): string {
  let value = entry;
  for (const name of path) value = (value as Record<string, unknown> | undefined)?.[name];
  if (path[0] === 'ts' && typeof value === 'number') return new Date(value).toISOString();
  return value === undefined ? '' : String(value);
}

/** A spreadsheet takes a cell that begins so for a formula, so such a cell begins with a quote. */
const FORMULA = /^[=+\-@\t\r]/;

export function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
