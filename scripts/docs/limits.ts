import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '../../packages/core/src/limits.ts';
import { code, document, table } from './markdown.ts';

const FOLDER = join(import.meta.dirname, '../../packages/core/src');

/** One table in several files. */
const sources = (): readonly string[] =>
  readdirSync(FOLDER)
    .filter((name) => /^limits(-\w+)?\.ts$/.test(name))
    .map((name) => readFileSync(join(FOLDER, name), 'utf8'));

/** A comment and the row that it explains. */
const ROW = /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*(\w+): ([\d_]+),/g;

/** `docs/limits.md`: the reasons are the comments of the source. */
export function renderLimits(): string {
  const reasons = new Map(
    sources()
      .flatMap((source) => [...source.matchAll(ROW)])
      .map(([, comment = '', name = '']) => [name, comment.replaceAll(/\n\s*\*/g, ' ')]),
  );
  const rows = Object.entries(LIMITS).map(([name, value]) => {
    const reason = reasons.get(name);
    if (reason === undefined) throw new Error(`limit ${name} gives no reason`);
    return [code(name), value.toLocaleString('en'), reason];
  });
  return document(
    '# Limits',
    '',
    'Every queue, buffer, map and loop ends somewhere. What a limit costs is counted and shown by `spoor hub status`.',
    'Units stand last in the names. Generated from `packages/core/src/limits*.ts`.',
    '',
    ...table(['Limit', 'Value', 'Reason'], rows),
  );
}
