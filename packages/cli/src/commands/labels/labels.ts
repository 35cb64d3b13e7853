import { LABELS } from '@spoor/core';
import type { Command } from '../../command.ts';
import { type Subcommand, withSubcommands } from '../../subcommands.ts';

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  list: {
    usage: '[--server NAME] [--label LABEL] [--file PATH]',
    summary: 'Tools with their labels, and who says so',
    load: async () => (await import('./list.ts')).list,
  },
  explain: {
    usage: 'SERVER TOOL [--file PATH]',
    summary: 'What gave each label, and what was considered and not given',
    load: async () => (await import('./explain.ts')).explain,
  },
  set: {
    usage: 'SERVER TOOL LABEL… | --none | --add LABEL… | --remove LABEL…',
    summary: "Says in the owner's file what a tool can do; globs know *",
    load: async () => (await import('./edit.ts')).set,
  },
  unset: {
    usage: 'SERVER TOOL',
    summary: 'Takes that entry out of the file',
    load: async () => (await import('./edit.ts')).unset,
  },
  undo: {
    usage: '',
    summary: 'Brings back the file as it was before the last change; again, and it is redone',
    load: async () => (await import('./edit.ts')).undo,
  },
};

export const labels: Command = withSubcommands({
  name: 'labels',
  summary: 'Lists, explains and edits what tools can do, as rules know it.',
  flags: {
    server: { type: 'string', placeholder: 'NAME', help: 'Only this server' },
    label: { type: 'string', placeholder: 'LABEL', help: 'Of list: only tools that have it' },
    file: {
      type: 'string',
      placeholder: 'PATH',
      help: 'A list of tools (tools/list as JSON, or a tool in each line) instead of the hub',
    },
    add: { type: 'boolean', help: 'Of set: add to what is found' },
    remove: { type: 'boolean', help: 'Of set: take from what is found' },
    none: { type: 'boolean', help: 'Of set: no label at all' },
  },
  subcommands: SUBCOMMANDS,
  otherwise: 'list',
  more: [
    `Labels: ${LABELS.join(', ')}.`,
    'Sources, the stronger later: definition, observed, annotation (of trusted servers), owner.',
    'Exit codes: 0 done, 1 no such tool, entry or earlier file, 2 a file or word is not understood.',
    '',
    '  spoor labels explain crm query_customers',
    '  spoor labels set crm "export_*" --add egress',
  ],
});
