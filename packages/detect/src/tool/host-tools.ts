import type { Label } from '@spoor/core';
import { classifyTool } from './classify.ts';

/**
 * Tools that agent programs bring with them and that no server defines. Names as the programs'
 * hooks tell them, in lower case without marks between words.
 */
const HOST_TOOLS: Readonly<Record<string, readonly Label[]>> = {
  applypatch: [],
  bash: ['executes-code'],
  create: [],
  edit: [],
  fetch: ['egress', 'reads-untrusted'],
  glob: [],
  googlewebsearch: ['egress', 'reads-untrusted'],
  grep: ['reads-private'],
  grepsearch: ['reads-private'],
  ls: [],
  listdirectory: [],
  monitor: ['executes-code'],
  multiedit: [],
  notebookedit: [],
  powershell: ['executes-code'],
  read: ['reads-private'],
  readfile: ['reads-private'],
  readmanyfiles: ['reads-private'],
  replace: [],
  runinterminal: ['executes-code'],
  runshellcommand: ['executes-code'],
  shell: ['executes-code'],
  task: [],
  todowrite: [],
  view: ['reads-private'],
  webfetch: ['egress', 'reads-untrusted'],
  websearch: ['egress', 'reads-untrusted'],
  write: [],
  writefile: [],
};

/** Labels of a tool that only a hook has told of: from the table, else from its name. */
export function hostToolLabels(name: string): readonly Label[] {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const known = Object.hasOwn(HOST_TOOLS, plain) ? HOST_TOOLS[plain] : undefined;
  return known ?? classifyTool({ name }).labels;
}
