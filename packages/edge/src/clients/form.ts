import type { ServerForm } from './document.ts';

/** Members by which clients name a remote server. */
export const URL_KEYS = ['url', 'httpUrl', 'serverUrl'] as const;

export const NEITHER: ServerForm = {
  kind: 'other',
  why: 'it has no command and no address',
};

/** Clients say it in two ways. */
export const isOff = (value: (key: string) => unknown): boolean =>
  value('disabled') === true || value('enabled') === false;

/** Do the keys follow the pattern, in which `*` is any key? */
export const follows = (keys: readonly string[], pattern: readonly string[]): boolean =>
  pattern.every((wanted, i) => wanted === '*' || wanted === keys[i]);

/** White space before the character at `start`, where nothing else stands before it on its line. */
export function indentBefore(text: string, start: number): string | undefined {
  const line = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1;
  const before = text.slice(line, start);
  return line > 0 && /^\s*$/.test(before) ? `${newlineBefore(text, line)}${before}` : undefined;
}

const newlineBefore = (text: string, line: number): string =>
  text.slice(line - 2, line) === '\r\n' ? '\r\n' : text.slice(line - 1, line);

/** Line and column of an offset, from 1. */
export function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
