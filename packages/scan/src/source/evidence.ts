import { LIMITS } from '@spoor/core';
import type { Finding } from '../finding.ts';
import type { Raw } from './flow/machine.ts';

/** Texts that look like keys, whatever surrounds them. */
const SECRETS: readonly RegExp[] = [
  /\b(?:Bearer|Basic|ApiKey)\s+[\w+/=.~-]{8,}/gi,
  /\b(?:sk|pk|ghp|gho|xox[abp]|glpat|hcaik|dt0c01|eyJ)[-_.\w]{8,}/g,
  /:\/\/[^/\s:@'"`]+:[^/\s@'"`]+@/g,
  /((?:api[-_]?key|token|secret|password|passwd|authorization|team|access[-_]?key)["'`]?\s*[:=]\s*["'`]?)[^\s"'`,;}]{4,}/gi,
];
/** A long run without spaces within quotes, with figures and letters. */
const LONG = /(["'`=])(?=[\w+/=.-]*\d)(?=[\w+/=.-]*[A-Za-z])[\w+/=.-]{20,}(?=["'`\s]|$)/g;

/** Before a column, what is shown of a long line. */
const BEFORE = 60;

/** The part of a line around a column, without the half of a word that it may begin with. */
function around(line: string, column: number): string {
  const start = Math.max(0, column - 1 - BEFORE);
  const part = line.slice(start, start + 2 * LIMITS.sourceEvidenceCharsMax);
  return start === 0 ? part : part.replace(/^[^\s"'`(,;]*/, '…');
}

/** A text as evidence: shortened, and without what looks like a key. */
export function masked(line: string): string {
  let text = line.slice(0, 2 * LIMITS.sourceEvidenceCharsMax).trim();
  for (const secret of SECRETS)
    text = text.replace(secret, (_all, before: unknown) =>
      typeof before === 'string' ? `${before}***` : '***',
    );
  text = text.replace(LONG, '$1***').replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');
  const max = LIMITS.sourceEvidenceCharsMax;
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}

/** Names of files come from strangers too. */
export const plain = (path: string): string => path.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}');

/** What people and programs get to see of a finding. */
export function findingOf(raw: Raw, lines: readonly string[]): Finding {
  const where = `${plain(raw.path)}:${raw.line}:${raw.column}`;
  return {
    what: masked(raw.what),
    where,
    evidence: masked(around(lines[raw.line - 1] ?? '', raw.column)),
    reproduce: `Look at ${where}`,
  };
}
