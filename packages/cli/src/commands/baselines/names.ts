import { CodedError } from '@spoor/core';

export interface ToolName {
  readonly server: string;
  readonly tool: string;
}

/** `SERVER/TOOL`; names of servers hold no slash, those of tools may. Throws USAGE. */
export function toolName(words: readonly string[]): ToolName {
  const [action, name = ''] = words;
  const at = name.indexOf('/');
  if (at < 1 || at === name.length - 1 || words.length > 2)
    throw new CodedError('USAGE', `baselines ${action} SERVER/TOOL`);
  return { server: name.slice(0, at), tool: name.slice(at + 1) };
}

export const minute = (ms: number): string =>
  ms === 0 ? 'never' : `${new Date(ms).toISOString().slice(0, 16)}Z`;
