import { EXPORT_TARGETS, IMPORT_FORMATS } from '@spoor/hub/rules';
import type { Command } from '../../command.ts';
import { type Subcommand, withSubcommands } from '../../subcommands.ts';

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  list: {
    usage: '[FOLDER]',
    summary: 'The rules, with level and response',
    load: async () => (await import('./list.ts')).list,
  },
  lint: {
    usage: '[FOLDER]',
    summary: 'Checks them; each problem has a code, a line and a column',
    load: async () => (await import('./list.ts')).lint,
  },
  test: {
    usage: '[FOLDER] [--rule ID]',
    summary: 'Plays the traces beside the rules, and compares what fires',
    load: async () => (await import('./test.ts')).test,
  },
  explain: {
    usage: 'ID [FOLDER]',
    summary: 'What one rule looks for, in words',
    load: async () => (await import('./explain.ts')).explain,
  },
  import: {
    usage: `${IMPORT_FORMATS.join('|')} PATH [--out FOLDER]`,
    summary: 'Takes over the rules of others; what cannot be is named, with the reason',
    load: async () => (await import('./import.ts')).importFrom,
  },
  export: {
    usage: '[FOLDER] --to BACKEND',
    summary: 'Writes them for another backend, and says what that cannot express',
    load: async () => (await import('./export.ts')).exportTo,
  },
};

export const rules: Command = withSubcommands({
  name: 'rules',
  summary:
    'Lists, checks, tests and explains the rules of a folder; takes over and hands on rules.',
  flags: {
    to: {
      type: 'string',
      placeholder: 'BACKEND',
      help: `Of export: ${EXPORT_TARGETS.join(', ')}`,
    },
    out: {
      type: 'string',
      placeholder: 'FOLDER',
      help: 'Of import: where the rules are written to; without it they are only looked at',
    },
    rule: { type: 'string', placeholder: 'ID', help: 'Of test: this rule alone' },
  },
  subcommands: SUBCOMMANDS,
  otherwise: 'list',
  more: [
    'Exit codes: 0 fine, 1 a rule has a problem, a test failed or a rule was refused.',
    '',
    '  spoor rules export --to tempo > alerts.yaml      Grafana, alert rules over TraceQL',
    '  spoor rules export --to honeycomb > triggers.json',
    '  spoor rules export --to sigma > rules.yml',
    '  spoor rules import atr node_modules/agent-threat-rules/rules --out rules-atr',
  ],
});
