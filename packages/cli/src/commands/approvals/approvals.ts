import type { Command } from '../../command.ts';
import { IDENTITY_FLAGS } from '../../identity.ts';
import { withSubcommands } from '../../subcommands.ts';

export const approvals: Command = withSubcommands({
  name: 'approvals',
  summary: 'Calls that wait for a person, and your word on them.',
  flags: { ...IDENTITY_FLAGS },
  subcommands: {
    list: {
      usage: '[--identity LEVEL] [--least-proved]',
      summary: 'What waits, with what it would do',
      load: async () => (await import('./list.ts')).listApprovals,
    },
    follow: {
      usage: '[--identity LEVEL]',
      summary: 'Stays, and shows each call as it begins to wait',
      load: async () => (await import('./list.ts')).followApprovals,
    },
    approve: {
      usage: 'CASE',
      summary: 'Lets a call that waits go on: this one, with exactly the arguments shown',
      load: async () => (await import('./answer.ts')).approve,
    },
    deny: {
      usage: 'CASE',
      summary: 'Denies a call that waits',
      load: async () => (await import('./answer.ts')).deny,
    },
  },
  otherwise: 'list',
  more: [
    'Exit codes: 0 listed or answered, 1 nothing waits under that case, or it was denied all the',
    'same. Approving is refused from within the program whose call waits: an agent does not approve',
    'itself.',
  ],
});
