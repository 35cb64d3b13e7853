import { CodedError } from '@spoor/core';
import type { Command, Context } from '../../command.ts';
import { FLAGS } from './flags.ts';

interface Subcommand {
  readonly usage: string;
  /** One line. */
  readonly summary: string;
  load(): Promise<(context: Context) => Promise<number>>;
}

/** Each is imported only when it is called. */
const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  status: {
    usage: '',
    summary: 'Says what is kept how long, what goes next, and what is held',
    load: async () => (await import('./status.ts')).status,
  },
  open: {
    usage: 'CALL|INDEX --identity F --reason WORDS',
    summary: 'Opens the sealed content of a call; a hub that runs notes who and why first',
    load: async () => (await import('./open.ts')).open,
  },
  shred: {
    usage: '--call ID|--session ID|--person P|--before DATE|--period A..B [--yes --reason WORDS]',
    summary: 'Says what would be destroyed for good; with --yes destroys it',
    load: async () => (await import('./shred.ts')).shred,
  },
  hold: {
    usage: 'add TARGET --reason WORDS | list | release ID --reason WORDS',
    summary: 'Keeps content from being shredded and from going by its age',
    load: async () => (await import('./hold.ts')).hold,
  },
};

const NAMES = Object.keys(SUBCOMMANDS);

export const vault: Command = {
  usage: `${NAMES.join(' | ')} [flags]`,
  summary: 'Sealed content: what is kept, who opens it, and how it is destroyed.',
  flags: FLAGS,
  more: [
    'Subcommands:',
    ...Object.entries(SUBCOMMANDS).flatMap(([name, { usage, summary }]) => [
      `  ${name} ${usage}`.trimEnd(),
      `      ${summary}`,
    ]),
    '',
    'A person is meant as the caller: a pseudonym of the ledger, the name of the system account, or',
    "'ISSUER SUBJECT'. People who are only mentioned in contents are not found by it.",
    'Dates are in UTC; the end of a period is not part of it. Shredding cannot be undone.',
  ].join('\n'),
  run: async (context) => {
    const [action = 'status'] = context.words;
    const subcommand = Object.hasOwn(SUBCOMMANDS, action) ? SUBCOMMANDS[action] : undefined;
    if (subcommand === undefined) throw new CodedError('USAGE', `vault ${NAMES.join(', ')}`);
    return (await subcommand.load())(context);
  },
};
