import type { Raw } from './flow/machine.ts';

const COMMENT =
  /(?:\/\/|\/\*|#|<!--)\s*spoor-ignore\s+([\w-]+(?:\s*,\s*[\w-]+)*)\s*:\s*(\S.{2,200})/;

/**
 * The reason that a comment on the line, or on the line before, gives for setting a finding aside.
 * Without a reason it sets nothing aside.
 */
export function reasonFor({ check, line }: Raw, lines: readonly string[]): string | undefined {
  for (const text of [lines[line - 1], lines[line - 2]]) {
    const [, checks = '', reason = ''] = COMMENT.exec(text?.slice(0, 2_000) ?? '') ?? [];
    const names = checks.split(',').map((name) => name.trim());
    if (names.includes(check)) return reason.replace(/\s*(?:\*\/|-->)\s*$/, '');
  }
  return undefined;
}
