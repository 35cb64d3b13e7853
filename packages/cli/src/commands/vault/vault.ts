import type { Command } from '../../command.ts';
import { type Subcommand, withSubcommands } from '../../subcommands.ts';
import { FLAGS } from './flags.ts';

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

export const vault: Command = withSubcommands({
  name: 'vault',
  summary: 'Sealed content: what is kept, who opens it, and how it is destroyed.',
  flags: FLAGS,
  subcommands: SUBCOMMANDS,
  otherwise: 'status',
  more: [
    'A person is meant as the caller: a pseudonym of the ledger, the name of the system account, or',
    "'ISSUER SUBJECT'. People who are only mentioned in contents are not found by it.",
    'Dates are in UTC; the end of a period is not part of it. Shredding cannot be undone.',
  ],
});
